using System.IO.Compression;
using System.Text.Json;

namespace Micromegas.Sql.Tests;

/// <summary>A recorded statement and, where upstream refused it, the class of its error.</summary>
internal sealed record GoldenStatement(string File, int Id, string Sql, string? Error);

/// <summary>Reads the statements of test/golden and, where it is there, of ../shared.</summary>
internal static class GoldenStatements
{
    public static string Root { get; } = FindRoot();

    /// <summary>The shared folder beside the repository; null where it is absent.</summary>
    public static string? Shared { get; } = new[] { "../shared" }
        .Select(p => Path.GetFullPath(Path.Combine(Root, p))).FirstOrDefault(Directory.Exists);

    public static IReadOnlyList<GoldenStatement> Read(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        var statements = new List<GoldenStatement>();
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var error = json.RootElement.TryGetProperty("error", out var e) ? e.GetString() : null;
            statements.Add(new GoldenStatement(Path.GetFileName(path), json.RootElement.GetProperty("id").GetInt32(), json.RootElement.GetProperty("sql").GetString()!, error));
        }

        return statements;
    }

    public static IReadOnlyList<GoldenStatement> ReadGolden(string name) => Read(Path.Combine(Root, "test/golden", name));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Micromegas.Data.sln is not above the test's folder.");
    }
}

/// <summary>A test that needs the shared folder; reported as skipped where it is absent.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string file)
    {
        if (GoldenStatements.Shared is null || !File.Exists(Path.Combine(GoldenStatements.Shared, file)))
            Skip = $"../shared/{file} is not there";
    }
}
