namespace Micromegas.Data;

/// <summary>How a lake is opened.</summary>
public enum MicromegasOpenMode
{
    /// <summary>Read and write; a directory without a lake becomes one.</summary>
    ReadWriteCreate,

    /// <summary>Read and write; the lake must exist.</summary>
    ReadWrite,

    /// <summary>Nothing is written, not even partitions: blocks are decoded into memory.</summary>
    ReadOnly,
}
