using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <typeparam name="T">Any type of the vector's element size: values are only moved.</typeparam>
internal sealed unsafe class FlatAssembler<T>(LeafNode leaf, DataType type) : ValueAssembler
    where T : unmanaged
{
    private readonly FlatVector vector = FlatVector.Create(type);
    private readonly ValueConversion? conversion = ValueConversion.For(leaf);
    private readonly ScratchBuffer values = new();
    private readonly ScratchBuffer raw = new();
    private BytesTarget? numbers;
    private void* borrowed;

    public override void Begin() => borrowed = null;

    public override void Append(ValueDecoder decoder, int at, int present, int slots, ulong* validity)
    {
        var target = (T*)values.Ensure(((long)at + slots) * sizeof(T), (long)at * sizeof(T)) + at;
        switch (decoder)
        {
            case FixedDecoder fixedWidth when conversion is null:
                fixedWidth.Read((byte*)target, present);
                break;
            case FixedDecoder fixedWidth:
                var source = fixedWidth.Take(present);
                if (source == null)
                {
                    source = raw.Ensure((long)present * fixedWidth.Width);
                    fixedWidth.Read(source, present);
                }
                conversion.Convert(source, (byte*)target, present);
                break;
            default:
                ReadNumbers((BytesDecoder)decoder, target, present);
                break;
        }
        if (present < slots)
        {
            Spread(target, at, present, slots, validity);
        }
    }

    public override void Gather(Vector dictionary, int* codes, int at, int count)
    {
        if (dictionary.Length == 0)
        {
            new Span<byte>(values.Ensure(((long)at + count) * sizeof(T), (long)at * sizeof(T)) + ((long)at * sizeof(T)), count * sizeof(T)).Clear();
            return;
        }
        Gather((byte*)((FlatVector)dictionary).Data, codes, at, count);
    }

    public override int PlainWidth => conversion is null && leaf.Leaf.PlainWidth == sizeof(T) ? sizeof(T) : 0;

    public override void Gather(byte* plain, int* codes, int at, int count)
    {
        var target = (T*)values.Ensure(((long)at + count) * sizeof(T), (long)at * sizeof(T)) + at;
        var from = (T*)plain;
        for (var i = 0; i < count; i++)
        {
            target[i] = from[codes[i]];
        }
    }

    public override bool TryBorrow(ValueDecoder decoder, int count)
    {
        if (conversion is null && decoder is FixedDecoder fixedWidth)
        {
            borrowed = fixedWidth.Take(count);
        }
        return borrowed != null;
    }

    public override Vector Finish(int slots, ulong* validity)
    {
        vector.Attach(borrowed != null ? borrowed : values.Ensure(1), slots);
        vector.AttachValidity(validity);
        return vector;
    }

    public override void Dispose()
    {
        vector.Dispose();
        values.Dispose();
        raw.Dispose();
        numbers?.Dispose();
    }

    /// <summary>Decimals kept as byte arrays of any length.</summary>
    private void ReadNumbers(BytesDecoder decoder, T* target, int count)
    {
        numbers ??= new BytesTarget();
        numbers.Clear();
        decoder.Read(numbers, count);
        for (var i = 0; i < count; i++)
        {
            ValueConversion.ReverseInto(numbers.Bytes + numbers.Offsets[i], numbers.Offsets[i + 1] - numbers.Offsets[i], (byte*)(target + i), sizeof(T));
        }
    }

    private static void Spread(T* target, int at, int present, int slots, ulong* validity)
    {
        for (var slot = slots - 1; slot >= 0; slot--)
        {
            target[slot] = BitRange.Get(validity, at + slot) ? target[--present] : default;
        }
    }
}
