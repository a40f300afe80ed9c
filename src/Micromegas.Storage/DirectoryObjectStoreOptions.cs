namespace Micromegas.Storage;

/// <summary>Settings of a <see cref="DirectoryObjectStore"/>.</summary>
public sealed record DirectoryObjectStoreOptions
{
    /// <summary>
    /// Whether a put waits until the bytes are on the disk. Without it a stored object survives the end of the process but may be lost with the power.
    /// </summary>
    public bool FlushToDisk { get; init; }

    /// <summary>How many files are kept open for reading.</summary>
    public int OpenFiles { get; init; } = 256;
}
