using System.Text;

namespace Micromegas.Columnar;

/// <summary>Builds a <see cref="BinaryVector"/> or <see cref="Utf8Vector"/>; at most 2 GiB of values.</summary>
public sealed unsafe class BinaryVectorBuilder : VectorBuilder
{
    private GrowableBuffer offsets;
    private GrowableBuffer bytes;

    public BinaryVectorBuilder(DataType type)
        : base(type)
    {
    }

    public override long AllocatedBytes => base.AllocatedBytes + offsets.Capacity + bytes.Capacity;

    public override long GrowthBytes(int more) => offsets.GrowthBytes((more + 1L) * sizeof(int)) + bytes.GrowthBytes(Share(bytes.Used, more));

    /// <summary>The value of an earlier row, until the next change.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            var from = ((int*)offsets.Pointer)[row];
            return new ReadOnlySpan<byte>(bytes.Pointer + from, ((int*)offsets.Pointer)[row + 1] - from);
        }
    }

    public override void Reserve(int rows) => offsets.Reserve((rows + 1L) * 4);

    /// <summary>Appends bytes; of a text they must be valid UTF-8.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        Put(value);
        CountPresent();
    }

    public void Append(string value)
    {
        PutText(value);
        CountPresent();
    }

    protected override void AppendDefault() => Put([]);

    protected override void AppendPresent(Vector source, int row)
    {
        var plain = source.Resolve(ref row);
        Put(((BinaryVector)plain)[row]);
    }

    protected override void AppendBoxed(object value)
    {
        if (value is string text)
        {
            PutText(text);
        }
        else
        {
            Put((byte[])value);
        }
    }

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Reserve(0);
        var vector = into as BinaryVector ?? BinaryVector.Create(Type);
        vector.Adopt(offsets.Take(), bytes.Take(), validity, length);
        return vector;
    }

    protected override Vector LookAt(int length)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Reserve(0);
        var vector = BinaryVector.Create(Type);
        vector.Attach((int*)offsets.Pointer, bytes.Pointer, length);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        offsets.Dispose();
        bytes.Dispose();
    }

    private protected override bool TryAppendBlock(Vector source, int start, int count)
    {
        if (source is not BinaryVector plain || count == 0)
        {
            return false;
        }
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        var from = plain.Offsets + start;
        long size = from[count] - from[0];
        bytes.Reserve(size);
        Buffer.MemoryCopy(plain.Bytes + from[0], bytes.Pointer + bytes.Used, size, size);
        var shift = checked((int)(bytes.Used + size)) - from[count];
        bytes.Used += size;
        offsets.Reserve(count * 4L);
        var target = (int*)(offsets.Pointer + offsets.Used);
        for (var i = 0; i < count; i++)
        {
            target[i] = from[i + 1] + shift;
        }
        offsets.Used += count * 4L;
        CountPresent(count);
        return true;
    }

    private protected override bool TryAppend<TRows>(Vector source, TRows rows, int count)
    {
        var codes = source is DictionaryVector dictionary ? dictionary.Codes : null;
        if ((codes == null ? source : ((DictionaryVector)source).Values) is not BinaryVector plain)
        {
            return false;
        }
        var mayHaveNulls = source.MayHaveNulls || HasNulls;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            if (mayHaveNulls && source.IsNull(row))
            {
                Put([]);
                CountNull();
            }
            else
            {
                Put(plain[codes == null ? row : codes[row]]);
                CountPresent();
            }
        }
        return true;
    }

    private void Put(ReadOnlySpan<byte> value)
    {
        bytes.Reserve(value.Length);
        value.CopyTo(new Span<byte>(bytes.Pointer + bytes.Used, value.Length));
        End(value.Length);
    }

    private void PutText(string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        bytes.Reserve(most);
        End(Encoding.UTF8.GetBytes(value, new Span<byte>(bytes.Pointer + bytes.Used, most)));
    }

    private void End(int length)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Used += length;
        PutOffset(checked((int)bytes.Used));
    }

    private void PutOffset(int offset)
    {
        offsets.Reserve(4);
        *(int*)(offsets.Pointer + offsets.Used) = offset;
        offsets.Used += 4;
    }
}
