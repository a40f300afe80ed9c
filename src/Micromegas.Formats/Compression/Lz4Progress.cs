namespace Micromegas.Formats;

/// <summary>How far the decompression of an LZ4 block has come that is done in steps; the default is its beginning.</summary>
public record struct Lz4Progress
{
    /// <summary>Bytes of the block that were read.</summary>
    public int Read { get; internal set; }

    /// <summary>Bytes that were written.</summary>
    public int Written { get; internal set; }

    /// <summary>Whether the whole block was read.</summary>
    public bool IsComplete { get; internal set; }
}
