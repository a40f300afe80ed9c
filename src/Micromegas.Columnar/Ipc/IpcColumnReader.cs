using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>
/// Makes vectors over the body of a message. They look at the body wherever Arrow's layout is ours; wider offsets, narrower codes, views and
/// fixed-size values are rewritten into the batch's own memory. Everything that vectors rely on without asking (offsets, codes, UTF-8,
/// lengths of children) is checked here. Layouts: Arrow columnar format, "Physical Memory Layout" and "Recursion of fields".
/// </summary>
internal sealed unsafe partial class IpcColumnReader(IpcBatchHeader header, IpcDictionaries dictionaries, ArrowReaderOptions options)
{
    private IpcMemory memory = null!;
    private byte* body;
    private long bodyLength;

    /// <summary>The columns of the batch that the header describes.</summary>
    /// <param name="fields">One field a column.</param>
    /// <param name="source">The body, followed by <see cref="NativeBuffer.Slack"/> bytes.</param>
    /// <param name="length">Bytes of the body.</param>
    /// <param name="target">What the vectors need beside the body; lives as long as they do.</param>
    public Vector[] Read(IpcField[] fields, nint source, long length, IpcMemory target)
    {
        body = (byte*)source;
        bodyLength = length;
        memory = target;
        var columns = new Vector[fields.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ReadField(fields[i]);
            if (columns[i].Length != header.Rows)
            {
                throw Damaged($"column {fields[i].Field.Name} has {columns[i].Length} rows in a batch of {header.Rows}");
            }
        }
        return columns;
    }

    private Vector ReadField(IpcField field)
    {
        var (rows, nulls) = header.TakeNode();
        var type = field.Field.Type;
        if (type.Kind == TypeKind.Null)
        {
            return new NullVector(rows);
        }
        var validity = ReadValidity(rows, nulls);
        Vector vector = type.IsDictionary ? ReadCodes(field, rows, validity) : type.Storage switch
        {
            StorageKind.Bit => ReadBits(type, rows),
            StorageKind.Bytes => ReadBytes(type, rows, validity),
            StorageKind.List => ReadList(field, rows),
            StorageKind.Struct => ReadStruct(field, rows),
            _ => ReadFlat(type, rows),
        };
        vector.AttachValidity(validity);
        return vector;
    }

    private ulong* ReadValidity(int rows, long nulls)
    {
        var (bits, length) = TakeBuffer();
        if (nulls == 0 || rows == 0)
        {
            return null;
        }
        if (length < (rows + 7L) / 8)
        {
            throw Damaged("a validity bitmap is shorter than its rows");
        }
        return (ulong*)bits;
    }

    private BitVector ReadBits(DataType type, int rows)
    {
        var vector = new BitVector(type);
        vector.Attach((ulong*)TakeBuffer((rows + 7L) / 8), rows);
        return vector;
    }

    private FlatVector ReadFlat(DataType type, int rows)
    {
        var vector = FlatVector.Create(type);
        vector.Attach(TakeBuffer((long)rows * vector.ElementSize), rows);
        return vector;
    }

    private StructVector ReadStruct(IpcField field, int rows)
    {
        var children = new Vector[field.Children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = ReadField(field.Children[i]);
            if (children[i].Length < rows)
            {
                throw Damaged("a member of a struct has fewer rows than the struct");
            }
            children[i].SetLength(rows);
        }
        return new StructVector(field.Field.Type.ValueType, children, rows);
    }

    private ListVector ReadList(IpcField field, int rows)
    {
        var type = field.Field.Type;
        if (type.Kind == TypeKind.FixedSizeList)
        {
            var fixedItems = ReadField(field.Children[0]);
            return Attach(new ListVector(type, fixedItems), fixedItems, EvenOffsets(rows, type.Width, fixedItems.Length), rows);
        }
        var large = type.Kind == TypeKind.LargeList;
        var (offsets, length) = TakeBuffer();
        var items = ReadField(field.Children[0]);
        return Attach(new ListVector(type, items), items, CheckedOffsets(offsets, length, large, rows, items.Length, out _), rows);
    }

    private static ListVector Attach(ListVector list, Vector items, int* offsets, int rows)
    {
        list.Attach(items, offsets, rows);
        return list;
    }

    /// <summary>Offsets of values that are all <paramref name="width"/> long.</summary>
    private int* EvenOffsets(int rows, int width, long available)
    {
        if ((long)rows * width > available)
        {
            throw Damaged("values of fixed size end outside their buffer");
        }
        var offsets = (int*)memory.Rent((rows + 1L) * sizeof(int));
        for (var i = 0; i <= rows; i++)
        {
            offsets[i] = i * width;
        }
        return offsets;
    }

    /// <summary>Offsets that ascend and stay inside <paramref name="available"/>; 64-bit ones are rewritten to start at 0, <paramref name="start"/> being where they started.</summary>
    private int* CheckedOffsets(byte* source, long length, bool large, int rows, long available, out long start)
    {
        start = 0;
        // Writers may leave the offsets out when there is no row.
        if (rows == 0)
        {
            var none = (int*)memory.Rent(sizeof(int));
            none[0] = 0;
            return none;
        }
        if (length < (rows + 1L) * (large ? sizeof(long) : sizeof(int)))
        {
            throw Damaged("there are fewer offsets than rows");
        }
        if (large)
        {
            return NarrowedOffsets((long*)source, rows, available, out start);
        }
        var offsets = (int*)source;
        var previous = offsets[0];
        var wrong = previous;
        for (var i = 1; i <= rows; i++)
        {
            var offset = offsets[i];
            wrong |= offset | (offset - previous);
            previous = offset;
        }
        if (wrong < 0 || previous > available)
        {
            throw Damaged("offsets go back or lead outside their values");
        }
        return offsets;
    }

    private int* NarrowedOffsets(long* source, int rows, long available, out long start)
    {
        start = source[0];
        var narrow = (int*)memory.Rent((rows + 1L) * sizeof(int));
        var previous = start;
        var wrong = start;
        for (var i = 0; i <= rows; i++)
        {
            var offset = source[i];
            wrong |= offset | (offset - previous);
            previous = offset;
            narrow[i] = unchecked((int)(offset - start));
        }
        if (wrong < 0 || previous > available)
        {
            throw Damaged("offsets go back or lead outside their values");
        }
        if (previous - start > int.MaxValue)
        {
            throw new ArrowFormatException("An Arrow column with more than 2 GiB of values in one batch is not supported.");
        }
        return narrow;
    }

    private DictionaryVector ReadCodes(IpcField field, int rows, ulong* validity)
    {
        var index = field.Field.Type.IndexType!;
        var source = TakeBuffer((long)rows * index.FlatSize);
        var values = dictionaries.ValuesOf(field, out var count);
        var codes = index.Kind is TypeKind.Int32 or TypeKind.UInt32 ? (int*)source : (int*)memory.Rent(rows * 4L);
        switch (index.Kind)
        {
            case TypeKind.Int8:
                Widen((sbyte*)source, codes, rows);
                break;
            case TypeKind.UInt8:
                Widen(source, codes, rows);
                break;
            case TypeKind.Int16:
                Widen((short*)source, codes, rows);
                break;
            case TypeKind.UInt16:
                Widen((ushort*)source, codes, rows);
                break;
            case TypeKind.Int64 or TypeKind.UInt64:
                Widen((long*)source, codes, rows);
                break;
        }
        CheckCodes(codes, rows, count, validity);
        var vector = new DictionaryVector(field.Field.Type, values);
        vector.Attach(values, codes, rows);
        return vector;
    }

    /// <summary>Codes of null rows may be anything; they are set to 0 so that kernels may look them up.</summary>
    private static void CheckCodes(int* codes, int rows, int count, ulong* validity)
    {
        for (var i = 0; i < rows; i++)
        {
            if ((uint)codes[i] < (uint)count)
            {
                continue;
            }
            if (validity == null || Bitmap.Get(validity, i))
            {
                throw Damaged($"code {codes[i]} in a dictionary of {count} values");
            }
            codes[i] = 0;
        }
    }

    /// <summary>A code that 32 bits cannot hold becomes -1, which no dictionary has.</summary>
    private static void Widen<T>(T* source, int* target, int rows)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (var i = 0; i < rows; i++)
        {
            var code = long.CreateTruncating(source[i]);
            target[i] = code is >= 0 and <= int.MaxValue ? (int)code : -1;
        }
    }

    /// <summary>The next buffer, which must have at least that many bytes.</summary>
    private byte* TakeBuffer(long needed)
    {
        var (bytes, length) = TakeBuffer();
        return length >= needed ? bytes : throw Damaged($"a buffer has {length} bytes where its rows need {needed}");
    }

    private Piece TakeBuffer()
    {
        var (offset, length) = header.TakeBuffer();
        if (offset < 0 || length < 0 || offset > bodyLength || length > bodyLength - offset)
        {
            throw Damaged("a buffer lies outside the body");
        }
        return header.Compressed && length > 0 ? Decompress(body + offset, length) : new Piece(body + offset, length);
    }

    /// <summary>A compressed buffer begins with its length before compression, or with -1 when it is stored as it is.</summary>
    private Piece Decompress(byte* source, long length)
    {
        if (length < sizeof(long))
        {
            throw Damaged("a compressed buffer has no length");
        }
        var full = BinaryPrimitives.ReadInt64LittleEndian(new ReadOnlySpan<byte>(source, sizeof(long)));
        source += sizeof(long);
        length -= sizeof(long);
        if (full == -1)
        {
            return new Piece(source, length);
        }
        // A byte of LZ4 stands for at most 255.
        if (full < 0 || full > int.MaxValue || full / 256 > length)
        {
            throw Damaged($"{length} compressed bytes cannot hold {full}");
        }
        if (options.Lz4 is not { } codec)
        {
            throw new ArrowFormatException("Arrow bodies compressed with LZ4_FRAME need a codec (ArrowReaderOptions.Lz4).");
        }
        var target = memory.Rent(full);
        if (!codec.TryDecompress(new ReadOnlySpan<byte>(source, checked((int)length)), new Span<byte>(target, (int)full)))
        {
            throw Damaged("a compressed buffer is no LZ4 frame of its length");
        }
        return new Piece(target, full);
    }

    private static ArrowFormatException Damaged(string reason) => new($"Damaged Arrow batch: {reason}.");

    private readonly struct Piece(byte* bytes, long length)
    {
        public void Deconstruct(out byte* start, out long count)
        {
            start = bytes;
            count = length;
        }
    }
}
