namespace Micromegas.Lake;

/// <summary>How a lake is opened.</summary>
public enum LakeMode
{
    /// <summary>Opens the lake, and creates it when there is none.</summary>
    ReadWriteCreate,

    /// <summary>Opens an existing lake.</summary>
    ReadWrite,

    /// <summary>Opens an existing lake and never writes to it: blocks are decoded into memory.</summary>
    ReadOnly,
}
