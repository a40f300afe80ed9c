using Micromegas.Parquet.Reading;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// Decodes the values (never nulls) of one page in order. <see cref="Reset"/> starts the next page; up to 64 bytes behind a page must be readable.
/// Every decoder checks that it stays inside its page.
/// </summary>
internal abstract unsafe class ValueDecoder : IDisposable
{
    /// <param name="start">First byte of the encoded values.</param>
    /// <param name="end">Their end.</param>
    /// <param name="values">Values that the page has at most.</param>
    public abstract void Reset(byte* start, byte* end, int values);

    /// <summary>The same for a page of which only the beginning may be there yet.</summary>
    public virtual void Reset(byte* start, PageBytes page, int values)
    {
        page.Ensure(page.End);
        Reset(start, page.End, values);
    }

    public abstract void Skip(int count);

    public virtual void Dispose()
    {
    }
}

/// <summary>Values of a fixed number of bytes, as PLAIN lays them out.</summary>
internal abstract unsafe class FixedDecoder(int width) : ValueDecoder
{
    public int Width { get; } = width;

    /// <summary>Writes exactly <paramref name="count"/> values.</summary>
    public abstract void Read(byte* target, int count);

    /// <summary>Takes values without copying them, where they lie in the page as they are; else null.</summary>
    public virtual byte* Take(int count) => null;
}

/// <summary>Values of any length.</summary>
internal abstract class BytesDecoder : ValueDecoder
{
    public abstract void Read(BytesTarget target, int count);

    /// <summary>Takes values that lie in the page one behind the other: the offsets go to the target, the bytes stay where they are.</summary>
    /// <returns>What the offsets count from, null when the encoding does not allow it.</returns>
    public virtual unsafe byte* Take(BytesTarget target, int count) => null;
}

internal abstract unsafe class BooleanDecoder : ValueDecoder
{
    public abstract void Read(ulong* bits, int at, int count);
}
