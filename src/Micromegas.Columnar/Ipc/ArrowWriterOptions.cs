namespace Micromegas.Columnar;

/// <summary>How Arrow streams and files are written.</summary>
public sealed class ArrowWriterOptions
{
    /// <summary>Compresses the bodies with LZ4; <see langword="null"/> leaves them as they are.</summary>
    public IArrowLz4Codec? Lz4 { get; init; }

    /// <summary>
    /// How a stream tells of values that its dictionaries did not have before. Files always add to their dictionaries, because they may not replace them.
    /// </summary>
    public ArrowDictionaryChanges DictionaryChanges { get; init; }
}

/// <summary>How an Arrow stream tells of new values of a dictionary.</summary>
public enum ArrowDictionaryChanges
{
    /// <summary>Only the new values are sent (delta dictionaries). A dictionary that has grown large is replaced all the same, so that memory stays bounded.</summary>
    Added,

    /// <summary>The dictionary is sent anew, for readers that know no deltas.</summary>
    Replaced,
}
