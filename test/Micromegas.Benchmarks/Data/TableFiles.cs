namespace Micromegas.Benchmarks.Data;

/// <summary>Tables and the Parquet files that hold each, in the order of their rows.</summary>
/// <param name="Name">What the files are, for messages.</param>
/// <param name="Tables">Files by table.</param>
internal sealed record TableFiles(string Name, IReadOnlyDictionary<string, string[]> Tables)
{
    /// <summary>The first files of every table that has several: a smaller table of the same shape.</summary>
    public TableFiles First(int files) =>
        new($"{Name}, {files} files", Tables.ToDictionary(table => table.Key, table => table.Value.Length == 1 ? table.Value : table.Value[..files]));
}
