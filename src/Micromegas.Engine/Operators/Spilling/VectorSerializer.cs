using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Spilling;

/// <summary>Vectors as bytes and back, for temporary files that only this process reads. Dictionaries and constants are written out.</summary>
internal static unsafe class VectorSerializer
{
    public static void Write(Vector vector, int count, ByteWriter target)
    {
        if (vector is DictionaryVector or ConstantVector)
        {
            using var builder = VectorBuilder.Create(vector.Type.ValueType, count);
            builder.AppendRange(vector, 0, count);
            using var plain = builder.Build();
            WritePlain(plain, 0, count, target);
            return;
        }
        WritePlain(vector, 0, count, target);
    }

    /// <summary>Reads a vector.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="count">Its rows.</param>
    /// <param name="source">The bytes; behind those of the vector afterwards.</param>
    /// <param name="into">A vector of that type that an earlier call gave and nobody needs any more: it is used again where that is possible. Null = a new one.</param>
    public static Vector Read(DataType type, int count, ref byte* source, Vector? into = null)
    {
        var validity = *source++ != 0 ? source : null;
        if (validity != null)
        {
            source += count;
        }
        var vector = ReadValues(type, count, ref source, into);
        if (validity != null && vector is not NullVector)
        {
            var bits = vector.PrepareValidity(count);
            for (var i = 0; i < count; i++)
            {
                if (validity[i] == 0)
                {
                    Bitmap.Clear(bits, i);
                }
            }
        }
        return vector;
    }

    private static void WritePlain(Vector vector, int start, int count, ByteWriter target)
    {
        if (vector is DictionaryVector or ConstantVector)
        {
            using var builder = VectorBuilder.Create(vector.Type.ValueType, count);
            builder.AppendRange(vector, start, count);
            using var plain = builder.Build();
            WritePlain(plain, 0, count, target);
            return;
        }
        var hasNulls = vector.Validity != null;
        target.Add(hasNulls ? (byte)1 : (byte)0);
        for (var i = 0; hasNulls && i < count; i++)
        {
            target.Add(Bitmap.Get(vector.Validity, start + i) ? (byte)1 : (byte)0);
        }
        switch (vector)
        {
            case FlatVector flat:
                target.Add((byte*)flat.Data + ((long)start * flat.ElementSize), (long)count * flat.ElementSize);
                break;
            case BitVector bits:
                for (var i = 0; i < count; i++)
                {
                    target.Add(bits[start + i] ? (byte)1 : (byte)0);
                }
                break;
            case BinaryVector binary:
                WriteOffsets(binary.Offsets + start, count, target);
                target.Add(binary.Bytes + binary.Offsets[start], binary.Offsets[start + count] - binary.Offsets[start]);
                break;
            case ListVector list:
                WriteOffsets(list.Offsets + start, count, target);
                WritePlain(list.Items, list.Offsets[start], list.Offsets[start + count] - list.Offsets[start], target);
                break;
            case StructVector structs:
                foreach (var child in structs.Children)
                {
                    WritePlain(child, start, count, target);
                }
                break;
        }
    }

    private static void WriteOffsets(int* offsets, int count, ByteWriter target)
    {
        for (var i = 0; i <= count; i++)
        {
            var offset = offsets[i] - offsets[0];
            target.Add((byte*)&offset, sizeof(int));
        }
    }

    private static Vector ReadValues(DataType type, int count, ref byte* source, Vector? into)
    {
        switch (type.Storage)
        {
            case StorageKind.None:
                return new NullVector(count);
            case StorageKind.Bit:
                var bits = into as BitVector ?? new BitVector(type);
                bits.Prepare(count);
                for (var i = 0; i < count; i++)
                {
                    Bitmap.Assign(bits.Words, i, *source++ != 0);
                }
                return bits;
            case StorageKind.Bytes:
                var binary = into as BinaryVector ?? BinaryVector.Create(type);
                var length = ((int*)source)[count];
                binary.Prepare(count, length);
                Copy(ref source, binary.Offsets, (count + 1L) * sizeof(int));
                Copy(ref source, binary.Bytes, length);
                return binary;
            case StorageKind.List:
                var items = ((int*)source)[count];
                var offsets = (int*)source;
                source += (count + 1L) * sizeof(int);
                var list = new ListVector(type, Read(type.ValueType.ItemField.Type, items, ref source)) { OwnsItems = true };
                list.Prepare(list.Items, count);
                Buffer.MemoryCopy(offsets, list.Offsets, (count + 1L) * sizeof(int), (count + 1L) * sizeof(int));
                return list;
            case StorageKind.Struct:
                var fields = type.ValueType.Fields;
                var children = new Vector[fields.Length];
                for (var i = 0; i < children.Length; i++)
                {
                    children[i] = Read(fields[i].Type, count, ref source);
                }
                return new StructVector(type, children, count) { OwnsChildren = true };
            default:
                var flat = into as FlatVector ?? FlatVector.Create(type);
                flat.Prepare(count);
                Copy(ref source, flat.Data, (long)count * flat.ElementSize);
                return flat;
        }
    }

    private static void Copy(ref byte* source, void* target, long bytes)
    {
        Buffer.MemoryCopy(source, target, bytes, bytes);
        source += bytes;
    }
}
