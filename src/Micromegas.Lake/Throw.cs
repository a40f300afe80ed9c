using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Lake;

/// <summary>The errors of this room.</summary>
internal static class Throw
{
    public static LakeException MissingLake(string path) => new("08006", $"there is no lake at '{path}'");

    public static LakeException NotALake(string path, string reason, Exception? cause = null) => new("08006", $"'{path}' is not a lake: {reason}", cause);

    public static LakeException ReadOnly() => new("25006", "the lake is open for reading only");

    public static LakeException CorruptCatalog(string what, Exception? cause = null) => new("XX001", $"the catalogue is damaged: {what}", cause);

    public static LakeException BadCatalogFile(string file, long line, string what, Exception? cause = null) =>
        new("22023", $"{file}, line {line}: {what}", cause);

    /// <summary>A block that the statement cannot do without (spec/data-lake.md §4.9).</summary>
    public static LakeException CorruptBlock(Guid block, string failure) => new("XX001", $"block {block} cannot be decoded: {failure}");

    [DoesNotReturn]
    public static void InvalidPartition(string what) => throw new LakeException("XX001", $"a partition record must not be written: {what}");
}
