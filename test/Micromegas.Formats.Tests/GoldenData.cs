using System.IO.Compression;
using System.Text.Json;

namespace Micromegas.Formats.Tests;

/// <summary>The recorded answers of upstream below test/golden.</summary>
internal static class GoldenData
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static IEnumerable<JsonElement> Answers(string file)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Path.Combine(RepositoryRoot, "test", "golden", file)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return JsonDocument.Parse(line).RootElement;
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run inside the repository.");
    }
}
