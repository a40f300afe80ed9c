using System.Text.Unicode;
using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;

namespace Micromegas.Parquet.Reading;

/// <summary>Texts and binaries; texts are checked to be UTF-8, since vectors promise it.</summary>
internal sealed unsafe class BytesAssembler(DataType type) : ValueAssembler
{
    private readonly BinaryVector vector = BinaryVector.Create(type);
    private readonly bool isText = type.ValueType.IsUtf8;
    private readonly BytesTarget target = new();
    private byte* borrowed;
    private bool isUnchecked;

    public override void Begin()
    {
        target.Clear();
        borrowed = null;
        isUnchecked = false;
    }

    public override void Append(ValueDecoder decoder, int at, int present, int slots, ulong* validity)
    {
        isUnchecked = isText;
        if (decoder is BytesDecoder bytes)
        {
            bytes.Read(target, present);
        }
        else
        {
            ReadFixed((FixedDecoder)decoder, present);
        }
        if (present < slots)
        {
            target.Spread(at, present, slots, validity);
        }
    }

    public override void Gather(Vector dictionary, int* codes, int at, int count)
    {
        var ends = target.ReserveOffsets(count);
        if (dictionary.Length == 0)
        {
            new Span<int>(ends, count).Fill((int)target.Used);
            target.Advance(count, 0);
            return;
        }
        var values = (BinaryVector)dictionary;
        long total = 0;
        for (var i = 0; i < count; i++)
        {
            total += values.Offsets[codes[i] + 1] - values.Offsets[codes[i]];
        }
        var to = target.ReserveBytes(total);
        var end = (int)target.Used;
        for (var i = 0; i < count; i++)
        {
            var start = values.Offsets[codes[i]];
            var length = values.Offsets[codes[i] + 1] - start;
            ShortCopy.Copy(to, values.Bytes + start, length);
            to += length;
            end += length;
            ends[i] = end;
        }
        target.Advance(count, total);
    }

    public override bool TryBorrow(ValueDecoder decoder, int count)
    {
        if (decoder is BytesDecoder bytes)
        {
            borrowed = bytes.Take(target, count);
            isUnchecked = isText && borrowed != null;
        }
        return borrowed != null;
    }

    public override Vector Finish(int slots, ulong* validity)
    {
        if (borrowed == null)
        {
            target.ReserveBytes(0);
        }
        var bytes = borrowed != null ? borrowed : target.Bytes;
        if (isUnchecked)
        {
            CheckText(bytes, slots);
        }
        vector.Attach(target.Offsets, bytes, slots);
        vector.AttachValidity(validity);
        return vector;
    }

    public override void Dispose()
    {
        vector.Dispose();
        target.Dispose();
    }

    private void ReadFixed(FixedDecoder decoder, int count)
    {
        var ends = target.ReserveOffsets(count);
        var total = (long)count * decoder.Width;
        decoder.Read(target.ReserveBytes(total), count);
        for (var i = 0; i < count; i++)
        {
            ends[i] = (int)target.Used + ((i + 1) * decoder.Width);
        }
        target.Advance(count, total);
    }

    /// <summary>The values together must be UTF-8, and none may begin within a character.</summary>
    private void CheckText(byte* bytes, int count)
    {
        var all = new ReadOnlySpan<byte>(bytes, target.Offsets[count]);
        if (System.Text.Ascii.IsValid(all))
        {
            return;
        }
        var valid = Utf8.IsValid(all);
        for (var i = 0; valid && i < count; i++)
        {
            var start = target.Offsets[i];
            valid = start == all.Length || (all[start] & 0xC0) != 0x80;
        }
        if (!valid)
        {
            Throw.Corrupt("a text is not valid UTF-8");
        }
    }
}
