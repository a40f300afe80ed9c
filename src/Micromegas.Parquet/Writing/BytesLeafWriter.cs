using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY. Fallback: DELTA_BYTE_ARRAY, or DELTA_LENGTH_BYTE_ARRAY where prefixes are not shared.</summary>
internal sealed class BytesLeafWriter : LeafWriter
{
    private readonly BytesSource source;
    private readonly int boundBytes;
    private readonly bool sharesPrefixes;
    private readonly bool isText;
    private readonly bool hasBounds;
    private readonly NumberBuffer<long> prefixLengths = new();
    private readonly NumberBuffer<long> suffixLengths = new();
    private readonly ByteBuffer suffixes = new();
    private readonly ByteBuffer previous = new();
    private ByteInterner dictionary = new();
    private long dictionaryValueBytes;
    private readonly BloomFilterBuilder? bloom;
    private readonly BytesRange pageRange;
    private readonly BytesRange chunkRange;

    public BytesLeafWriter(ParquetNode leaf, DataType type, ParquetWriterOptions options, bool triesDictionary)
        : base(leaf, triesDictionary)
    {
        source = BytesSource.For(leaf, type);
        boundBytes = options.BoundBytes;
        // Values of one length have no other encoding of lengths.
        sharesPrefixes = options.SharesPrefixes || IsFixed;
        isText = type.IsUtf8;
        // Intervals have no order.
        hasBounds = !type.IsInterval;
        bloom = options.LongestIdentifier > 0 && hasBounds && !type.IsDecimal && type.Kind != TypeKind.Float16 ? new BloomFilterBuilder(options.LongestIdentifier) : null;
        var order = type switch
        {
            { IsDecimal: true } => BytesOrder.BigEndianSigned,
            { Kind: TypeKind.Float16 } => BytesOrder.Half,
            _ => BytesOrder.Unsigned,
        };
        pageRange = new BytesRange(order);
        chunkRange = new BytesRange(order);
    }

    public override int DictionaryCount => dictionary.Count;

    public override long DictionaryBytes => dictionaryValueBytes + (IsFixed ? 0 : 4L * dictionary.Count);

    protected override long PlainPageBytes => suffixes.Length + (2L * suffixLengths.Count);

    protected override ParquetEncoding FallbackEncoding => sharesPrefixes ? ParquetEncoding.DeltaByteArray : ParquetEncoding.DeltaLengthByteArray;

    private bool IsFixed => Leaf.Physical == PhysicalType.FixedLenByteArray;

    public override void EncodeDictionary(ByteBuffer output)
    {
        for (var code = 0; code < dictionary.Count; code++)
        {
            var value = dictionary[code];
            if (!IsFixed)
            {
                BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value.Length);
                output.Advance(4);
            }
            output.Put(value);
        }
    }

    public override EncodedBounds ChunkBounds() => Encode(chunkRange);

    public override byte[]? BuildBloomFilter(ThriftWriter writer)
    {
        // While every value is in the dictionary, that says the same without error.
        if (bloom is null || UsesDictionary)
        {
            return null;
        }
        for (var code = 0; code < dictionary.Count; code++)
        {
            bloom.Add(dictionary[code]);
        }
        return bloom.Build(writer);
    }

    public override void Reset()
    {
        base.Reset();
        bloom?.Clear();
        ClearPage();
        ClearDictionary();
        pageRange.Clear();
        chunkRange.Clear();
    }

    public override void Dispose() => dictionary.Dispose();

    protected override void AppendFlat(Vector vector, RowNumbers rows)
    {
        foreach (var row in rows)
        {
            if (UsesDictionary)
            {
                Codes.Add(Intern(vector, row));
            }
            else
            {
                AppendDelta(source.Read(vector, row));
            }
        }
    }

    protected override int Intern(Vector vector, int row)
    {
        var value = source.Read(vector, row);
        var before = dictionary.Count;
        var code = dictionary.Intern(value);
        if (dictionary.Count > before)
        {
            dictionaryValueBytes += value.Length;
        }
        return code;
    }

    protected override void AppendFromDictionary(ReadOnlySpan<int> codes)
    {
        foreach (var code in codes)
        {
            AppendDelta(dictionary[code]);
        }
    }

    protected override void ClearDictionary()
    {
        dictionary.Dispose();
        dictionary = new ByteInterner();
        dictionaryValueBytes = 0;
    }

    protected override void ObserveCode(int code)
    {
        if (hasBounds)
        {
            pageRange.Include(dictionary[code]);
        }
    }

    protected override EncodedBounds TakeObserved()
    {
        var bounds = Encode(pageRange);
        if (pageRange.HasValues)
        {
            chunkRange.Include(pageRange.Min);
            chunkRange.Include(pageRange.Max);
            pageRange.Clear();
        }
        return bounds;
    }

    protected override void EncodePlainPage(ByteBuffer output)
    {
        if (sharesPrefixes)
        {
            DeltaEncoder.Encode(prefixLengths.Span, true, output);
        }
        DeltaEncoder.Encode(suffixLengths.Span, true, output);
        output.Put(suffixes.WrittenSpan);
        ClearPage();
    }

    private void ClearPage()
    {
        prefixLengths.Clear();
        suffixLengths.Clear();
        suffixes.Clear();
        previous.Clear();
    }

    private void AppendDelta(ReadOnlySpan<byte> value)
    {
        bloom?.Add(value);
        if (hasBounds)
        {
            pageRange.Include(value);
        }
        if (!sharesPrefixes)
        {
            suffixLengths.Add(value.Length);
            suffixes.Put(value);
            return;
        }
        var prefix = value.CommonPrefixLength(previous.WrittenSpan);
        prefixLengths.Add(prefix);
        suffixLengths.Add(value.Length - prefix);
        suffixes.Put(value[prefix..]);
        previous.Clear();
        previous.Put(value);
    }

    private EncodedBounds Encode(BytesRange range)
    {
        if (!range.HasValues)
        {
            return default;
        }
        return IsFixed ? range.EncodeFixed() : BoundCutting.Cut(range.Min, range.Max, boundBytes, isText);
    }
}
