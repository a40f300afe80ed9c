namespace Micromegas.Storage;

/// <summary>A range of bytes of one object.</summary>
/// <param name="Offset">First byte, from the start of the object.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct ByteRange(long Offset, int Length)
{
    /// <summary>The byte after the last one.</summary>
    public long End => Offset + Length;
}
