using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Writing;

/// <summary>
/// INT32, INT64, FLOAT and DOUBLE. Values travel as 64 bits: integers sign-extended, floats as their bits. Fallback: differences for integers, PLAIN for floats.
/// </summary>
internal sealed class NumberLeafWriter : LeafWriter
{
    private readonly NumberSource source;
    private readonly NumberOrder order;
    private readonly bool is32Bit;
    private readonly NumberBuffer<long> scratch = new();
    private readonly NumberBuffer<long> page = new();
    private readonly NumberInterner dictionary = new();
    private NumberRange pageRange;
    private NumberRange chunkRange;

    public NumberLeafWriter(ParquetNode leaf, DataType type, bool triesDictionary)
        : base(leaf, triesDictionary)
    {
        source = NumberSource.For(type);
        order = leaf.Physical switch
        {
            PhysicalType.Float => NumberOrder.Float,
            PhysicalType.Double => NumberOrder.Double,
            _ => type.IsUnsignedInteger ? NumberOrder.Unsigned : NumberOrder.Signed,
        };
        is32Bit = leaf.PlainWidth == 4;
        pageRange = new NumberRange(order);
        chunkRange = new NumberRange(order);
    }

    public override int DictionaryCount => dictionary.Count;

    public override long DictionaryBytes => (long)dictionary.Count * Leaf.PlainWidth;

    protected override long PlainPageBytes => (long)page.Count * Leaf.PlainWidth;

    protected override ParquetEncoding FallbackEncoding =>
        Leaf.Physical is PhysicalType.Int32 or PhysicalType.Int64 ? ParquetEncoding.DeltaBinaryPacked : ParquetEncoding.Plain;

    public override void EncodeDictionary(ByteBuffer output) => PutPlain(dictionary.Values, output);

    public override EncodedBounds ChunkBounds() => Encode(chunkRange);

    public override void Reset()
    {
        base.Reset();
        page.Clear();
        dictionary.Clear();
        pageRange = new NumberRange(order);
        chunkRange = new NumberRange(order);
    }

    public override void Dispose()
    {
    }

    protected override void AppendFlat(Vector vector, RowNumbers rows)
    {
        if (!UsesDictionary)
        {
            var added = page.Extend(rows.Length);
            source.Read(vector, rows, added);
            pageRange.Include(added);
            return;
        }
        scratch.Clear();
        var values = scratch.Extend(rows.Length);
        source.Read(vector, rows, values);
        dictionary.Intern(values, Codes.Extend(rows.Length));
    }

    protected override int Intern(Vector vector, int row)
    {
        Span<long> value = stackalloc long[1];
        Span<int> code = stackalloc int[1];
        source.Read(vector, new RowNumbers([row]), value);
        dictionary.Intern(value, code);
        return code[0];
    }

    protected override void AppendFromDictionary(ReadOnlySpan<int> codes)
    {
        var added = page.Extend(codes.Length);
        for (var i = 0; i < codes.Length; i++)
        {
            added[i] = dictionary.Values[codes[i]];
        }
        pageRange.Include(added);
    }

    protected override void ClearDictionary() => dictionary.Clear();

    protected override void ObserveCode(int code) => pageRange.Include(dictionary.Values.Slice(code, 1));

    protected override EncodedBounds TakeObserved()
    {
        var bounds = Encode(pageRange);
        chunkRange.Include(pageRange);
        pageRange = new NumberRange(order);
        return bounds;
    }

    protected override void EncodePlainPage(ByteBuffer output)
    {
        if (FallbackEncoding == ParquetEncoding.Plain)
        {
            PutPlain(page.Span, output);
        }
        else
        {
            DeltaEncoder.Encode(page.Span, is32Bit, output);
        }
        page.Clear();
    }

    private void PutPlain(ReadOnlySpan<long> values, ByteBuffer output)
    {
        var width = Leaf.PlainWidth;
        var target = output.GetSpan(values.Length * width);
        for (var i = 0; i < values.Length; i++)
        {
            if (is32Bit)
            {
                BinaryPrimitives.WriteInt32LittleEndian(target[(i * 4)..], (int)values[i]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(target[(i * 8)..], values[i]);
            }
        }
        output.Advance(values.Length * width);
    }

    private EncodedBounds Encode(NumberRange range)
    {
        if (!range.HasValues)
        {
            return default;
        }
        var (min, max) = range.Bounds;
        return new EncodedBounds(Encode(min), Encode(max));
    }

    private byte[] Encode(long value)
    {
        var bytes = BitConverter.GetBytes(value);
        return is32Bit ? bytes[..4] : bytes;
    }
}

/// <summary>Numbers the distinct values from 0 in order of appearance. Floats count as their bits, so that -0 and every NaN keep theirs.</summary>
internal sealed class NumberInterner
{
    private readonly NumberBuffer<long> values = new();
    private int[] slots = new int[1024];

    public int Count => values.Count;

    public Span<long> Values => values.Span;

    public void Clear()
    {
        values.Clear();
        Array.Clear(slots);
    }

    public void Intern(ReadOnlySpan<long> source, Span<int> codes)
    {
        for (var i = 0; i < source.Length; i++)
        {
            codes[i] = Intern(source[i]);
        }
    }

    private int Intern(long value)
    {
        var mask = slots.Length - 1;
        for (var slot = Hash(value) & mask; ; slot = (slot + 1) & mask)
        {
            var code = slots[slot] - 1;
            if (code < 0)
            {
                values.Add(value);
                slots[slot] = values.Count;
                if (values.Count * 2 > slots.Length)
                {
                    Grow();
                }
                return values.Count - 1;
            }
            if (values[code] == value)
            {
                return code;
            }
        }
    }

    private void Grow()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var code = 0; code < values.Count; code++)
        {
            var slot = Hash(values[code]) & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            slots[slot] = code + 1;
        }
    }

    /// <summary>The upper half of a product by the golden ratio: its low bits are mixed best.</summary>
    private static int Hash(long value) => (int)(unchecked((ulong)value * 0x9E3779B97F4A7C15) >> 33);
}
