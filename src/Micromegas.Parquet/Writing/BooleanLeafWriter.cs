using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Writing;

/// <summary>Booleans: runs, never a dictionary.</summary>
internal sealed class BooleanLeafWriter(ParquetNode leaf) : LeafWriter(leaf, false)
{
    private readonly ByteBuffer runs = new();
    private bool pageFalse;
    private bool pageTrue;
    private bool chunkFalse;
    private bool chunkTrue;

    public override int DictionaryCount => 0;

    public override long DictionaryBytes => 0;

    protected override long PlainPageBytes => Codes.Count / 8;

    protected override ParquetEncoding FallbackEncoding => ParquetEncoding.Rle;

    public override void EncodeDictionary(ByteBuffer output)
    {
    }

    public override EncodedBounds ChunkBounds() => Encode(chunkFalse, chunkTrue);

    public override void Reset()
    {
        base.Reset();
        chunkFalse = chunkTrue = false;
    }

    public override void Dispose()
    {
    }

    protected override void AppendFlat(Vector vector, RowNumbers rows)
    {
        foreach (var row in rows)
        {
            var value = row >= 0 && ((BitVector)vector)[row];
            pageTrue |= value;
            pageFalse |= !value;
            Codes.Add(value ? 1 : 0);
        }
    }

    protected override int Intern(Vector vector, int row) => row >= 0 && ((BitVector)vector)[row] ? 1 : 0;

    protected override void AppendFromDictionary(ReadOnlySpan<int> codes)
    {
    }

    protected override void ClearDictionary()
    {
    }

    protected override void ObserveCode(int code)
    {
    }

    protected override EncodedBounds TakeObserved()
    {
        var bounds = Encode(pageFalse, pageTrue);
        chunkFalse |= pageFalse;
        chunkTrue |= pageTrue;
        pageFalse = pageTrue = false;
        return bounds;
    }

    protected override void EncodePlainPage(ByteBuffer output)
    {
        runs.Clear();
        HybridEncoder.Encode(Codes.Span, 1, runs);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), runs.Length);
        output.Advance(4);
        output.Put(runs.WrittenSpan);
        Codes.Clear();
    }

    private static EncodedBounds Encode(bool hasFalse, bool hasTrue) =>
        hasFalse || hasTrue ? new EncodedBounds([hasFalse ? (byte)0 : (byte)1], [hasTrue ? (byte)1 : (byte)0]) : default;
}
