namespace Micromegas.Columnar;

/// <summary>
/// Adds vectors to a body in Arrow's layout. Memory of the vectors is used in place wherever it is already laid out so; selections, offsets that do
/// not begin at 0, wider offsets, views and values of fixed size are written to the body's own memory.
/// </summary>
internal sealed unsafe partial class IpcColumnWriter(IpcDictionaryWriters dictionaries)
{
    /// <summary>Adds the columns of a batch.</summary>
    public void WriteBatch(IpcField[] fields, Batch batch, IpcBody body)
    {
        if (batch.Columns.Length != fields.Length)
        {
            throw new ArgumentException($"The batch has {batch.Columns.Length} columns, the schema {fields.Length}.", nameof(batch));
        }
        var rows = batch.Selection is { } selection ? new IpcRows(0, selection.Count, selection.Rows) : new IpcRows(0, batch.RowCount);
        body.Rows = rows.Count;
        for (var i = 0; i < fields.Length; i++)
        {
            WriteField(fields[i], batch.Columns[i], rows, body);
        }
    }

    /// <summary>Adds a field and its children.</summary>
    public void WriteField(IpcField field, Vector vector, IpcRows rows, IpcBody body)
    {
        var type = field.Field.Type;
        if (type.Kind == TypeKind.Null)
        {
            body.AddNode(rows.Count, rows.Count);
            return;
        }
        if (type.IsDictionary)
        {
            WriteCodes(type.IndexType!, dictionaries.Encode(field, vector, rows, body.Memory), rows.Count, body);
            return;
        }
        Peel(ref vector, ref rows, body.Memory);
        if (vector is NullVector)
        {
            vector = NullsOf(type, rows.Count, body.Memory);
            rows = new IpcRows(0, rows.Count);
        }
        CheckStorage(field.Field, vector);
        WriteValidity(vector, rows, body);
        switch (vector)
        {
            case BitVector bits:
                WriteBits(bits, rows, body);
                break;
            case FlatVector flat:
                WriteFlat(flat, rows, body);
                break;
            case BinaryVector binary:
                WriteBytes(field.Field, binary, rows, body);
                break;
            case ListVector list:
                WriteList(field, list, rows, body);
                break;
            case StructVector structs:
                for (var i = 0; i < field.Children.Length; i++)
                {
                    WriteField(field.Children[i], structs.Children[i], rows, body);
                }
                break;
        }
    }

    /// <summary>Takes constants and dictionaries off, so that a plain vector and its rows remain.</summary>
    /// <returns>Whether the plain vector is the values of a dictionary.</returns>
    public static bool Peel(ref Vector vector, ref IpcRows rows, IpcMemory memory)
    {
        var isDictionary = false;
        while (vector is ConstantVector or DictionaryVector)
        {
            var numbers = (int*)memory.Rent(Math.Max(rows.Count, 1) * 4L);
            if (vector is DictionaryVector dictionary)
            {
                var codes = dictionary.Codes;
                for (var i = 0; i < rows.Count; i++)
                {
                    var row = rows[i];
                    numbers[i] = row < 0 || (dictionary.Validity != null && !Bitmap.Get(dictionary.Validity, row)) ? -1 : codes[row];
                }
                vector = dictionary.Values;
                isDictionary = true;
            }
            else
            {
                var constant = (ConstantVector)vector;
                for (var i = 0; i < rows.Count; i++)
                {
                    numbers[i] = rows[i] < 0 ? -1 : 0;
                }
                vector = constant.Value;
                isDictionary = false;
            }
            rows = new IpcRows(0, rows.Count, numbers);
        }
        return isDictionary;
    }

    private static Vector NullsOf(DataType type, int count, IpcMemory memory)
    {
        using var builder = VectorBuilder.Create(type, count);
        for (var i = 0; i < count; i++)
        {
            builder.AppendNull();
        }
        return memory.Keep(builder.Build());
    }

    private static void CheckStorage(Field field, Vector vector)
    {
        var fits = vector switch
        {
            BitVector => field.Type.Storage == StorageKind.Bit,
            FlatVector flat => field.Type.Storage == StorageKind.Flat && flat.ElementSize == field.Type.FlatSize,
            BinaryVector => field.Type.Storage == StorageKind.Bytes,
            ListVector => field.Type.Storage == StorageKind.List,
            StructVector structs => field.Type.Storage == StorageKind.Struct && structs.Children.Length == field.Type.Fields.Length,
            _ => false,
        };
        if (!fits)
        {
            throw new ArgumentException($"Column {field.Name} is {field.Type}, but its vector is a {vector.GetType().Name} of {vector.Type}.", nameof(vector));
        }
    }

    private static void WriteValidity(Vector vector, IpcRows rows, IpcBody body)
    {
        var own = vector.Validity;
        if (own == null && rows.IsRange)
        {
            AddNoNulls(rows.Count, body);
            return;
        }
        // A range that begins at a whole byte is used in place.
        if (rows.IsRange && (rows.Start & 7) == 0)
        {
            var first = (byte*)own + (rows.Start >> 3);
            AddValidity((ulong*)first, rows.Count, body);
            return;
        }
        var bits = (ulong*)body.Memory.Rent((Bitmap.WordCount(rows.Count) * 8L) + 8);
        Bitmap.Fill(bits, rows.Count, false);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row >= 0 && (own == null || Bitmap.Get(own, row)))
            {
                Bitmap.Set(bits, i);
            }
        }
        AddValidity(bits, rows.Count, body);
    }

    private static void AddValidity(ulong* bits, int rows, IpcBody body)
    {
        var nulls = rows - Bitmap.CountOnes(bits, rows);
        if (nulls == 0)
        {
            AddNoNulls(rows, body);
            return;
        }
        body.AddNode(rows, nulls);
        body.AddBuffer(bits, (rows + 7L) / 8);
    }

    private static void AddNoNulls(int rows, IpcBody body)
    {
        body.AddNode(rows, 0);
        body.AddEmptyBuffer();
    }

    private static void WriteBits(BitVector vector, IpcRows rows, IpcBody body)
    {
        if (rows.IsRange && (rows.Start & 7) == 0)
        {
            body.AddBuffer((byte*)vector.Words + (rows.Start >> 3), (rows.Count + 7L) / 8);
            return;
        }
        var bits = (ulong*)body.Memory.Rent((Bitmap.WordCount(rows.Count) * 8L) + 8);
        Bitmap.Fill(bits, rows.Count, false);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row >= 0 && vector[row])
            {
                Bitmap.Set(bits, i);
            }
        }
        body.AddBuffer(bits, (rows.Count + 7L) / 8);
    }

    private static void WriteFlat(FlatVector vector, IpcRows rows, IpcBody body)
    {
        var size = vector.ElementSize;
        var bytes = (long)rows.Count * size;
        if (rows.IsRange)
        {
            body.AddBuffer((byte*)vector.Data + ((long)rows.Start * size), bytes);
            return;
        }
        var target = body.Memory.Rent(bytes);
        switch (size)
        {
            case 1:
                Gather((byte*)vector.Data, target, rows);
                break;
            case 2:
                Gather((short*)vector.Data, (short*)target, rows);
                break;
            case 4:
                Gather((int*)vector.Data, (int*)target, rows);
                break;
            case 8:
                Gather((long*)vector.Data, (long*)target, rows);
                break;
            case 16:
                Gather((Int128*)vector.Data, (Int128*)target, rows);
                break;
            default:
                Gather((Int256*)vector.Data, (Int256*)target, rows);
                break;
        }
        body.AddBuffer(target, bytes);
    }

    private static void Gather<T>(T* source, T* target, IpcRows rows)
        where T : unmanaged
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows.Numbers[i];
            target[i] = row < 0 ? default : source[row];
        }
    }

    private static void WriteCodes(DataType index, int* codes, int rows, IpcBody body)
    {
        var bits = (ulong*)body.Memory.Rent((Bitmap.WordCount(rows) * 8L) + 8);
        Bitmap.Fill(bits, rows, false);
        for (var i = 0; i < rows; i++)
        {
            if (codes[i] >= 0)
            {
                Bitmap.Set(bits, i);
            }
            else
            {
                codes[i] = 0;
            }
        }
        AddValidity(bits, rows, body);
        var size = index.FlatSize;
        if (size == sizeof(int))
        {
            body.AddBuffer(codes, rows * 4L);
            return;
        }
        var target = body.Memory.Rent((long)rows * size);
        for (var i = 0; i < rows; i++)
        {
            switch (size)
            {
                case 1:
                    target[i] = (byte)codes[i];
                    break;
                case 2:
                    ((ushort*)target)[i] = (ushort)codes[i];
                    break;
                default:
                    ((long*)target)[i] = codes[i];
                    break;
            }
        }
        body.AddBuffer(target, (long)rows * size);
    }
}
