namespace Micromegas.Formats;

/// <summary>What an LZ4 frame carries besides its data. The default is the frame of upstream's current Rust client (spec/data-lake.md §3.3).</summary>
public readonly record struct Lz4FrameOptions
{
    /// <summary>64 KiB blocks, linked, every checksum, no content size: header bytes 54 40 ae.</summary>
    public static Lz4FrameOptions RustClient => new() { LinkedBlocks = true, BlockChecksum = true, ContentChecksum = true };

    /// <summary>A plain frame of independent 64 KiB blocks without checksums: header bytes 60 40 82.</summary>
    public static Lz4FrameOptions Plain => default;

    /// <summary>Blocks may refer to the 64 KiB before them, which compresses better but forbids decoding them apart.</summary>
    public bool LinkedBlocks { get; init; }

    /// <summary>An xxHash32 follows every block.</summary>
    public bool BlockChecksum { get; init; }

    /// <summary>An xxHash32 of the whole content follows the last block.</summary>
    public bool ContentChecksum { get; init; }

    /// <summary>The header tells the decompressed length.</summary>
    public bool ContentSize { get; init; }

    /// <summary>Block size class: 0 = 64 KiB, 1 = 256 KiB, 2 = 1 MiB, 3 = 4 MiB.</summary>
    public int BlockSizeClass { get; init; }
}
