using System.IO.Compression;
using System.Text.Json;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>The Parquet files of the recorded lake, and what its catalogue says of them.</summary>
internal static class GoldenFiles
{
    public static IObjectStore Store { get; } = new DirectoryObjectStore(Repository.PathOf("test", "golden", "lake", "store"));

    public static string[] Keys { get; } = [.. Directory
        .EnumerateFiles(Repository.PathOf("test", "golden", "lake", "store", "views"), "*.parquet", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.PathOf("test", "golden", "lake", "store"), path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    /// <summary>Row counts by key, from the catalogues of all states.</summary>
    public static Dictionary<string, long> RowCounts()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var state in new[] { "global", "jit", "merged" })
        {
            using var file = File.OpenRead(Repository.PathOf("test", "golden", "lake", "catalog", state, "lakehouse_partitions.jsonl.gz"));
            using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
            while (lines.ReadLine() is { } line)
            {
                using var row = JsonDocument.Parse(line);
                if (row.RootElement.GetProperty("file_path").GetString() is { } key)
                {
                    counts[key] = row.RootElement.GetProperty("num_rows").GetInt64();
                }
            }
        }
        return counts;
    }
}
