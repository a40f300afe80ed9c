using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;

namespace Micromegas.Parquet.Reading;

internal sealed unsafe class BitAssembler(DataType type) : ValueAssembler
{
    private readonly BitVector vector = new(type);
    private readonly ScratchBuffer bits = new();

    public override void Begin()
    {
    }

    public override void Append(ValueDecoder decoder, int at, int present, int slots, ulong* validity)
    {
        var words = Reserve(at, slots);
        ((BooleanDecoder)decoder).Read(words, at, present);
        for (var slot = slots - 1; present < slots && slot >= 0; slot--)
        {
            Bitmap.Assign(words, at + slot, BitRange.Get(validity, at + slot) && Bitmap.Get(words, at + --present));
        }
    }

    public override void Gather(Vector dictionary, int* codes, int at, int count)
    {
        var words = Reserve(at, count);
        for (var i = 0; i < count; i++)
        {
            Bitmap.Assign(words, at + i, dictionary.Length > 0 && ((BitVector)dictionary)[codes[i]]);
        }
    }

    public override Vector Finish(int slots, ulong* validity)
    {
        vector.Attach(Reserve(slots, 0), slots);
        vector.AttachValidity(validity);
        return vector;
    }

    public override void Dispose()
    {
        vector.Dispose();
        bits.Dispose();
    }

    private ulong* Reserve(int at, int more) => (ulong*)bits.Ensure((Bitmap.WordCount(at + more) * 8L) + 8, Bitmap.WordCount(at) * 8L);
}
