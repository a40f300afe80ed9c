using System.Text;
using Micromegas.Testing;

namespace Micromegas.Conformance.Structure;

/// <summary>What no checked-in text may say: where packages come from, and where one machine keeps its files.</summary>
public sealed class RepositoryTextTests
{
    // Put together here, so that this file does not break its own rule.
    private static readonly string[] PackageHosts =
    [
        "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com", "pypi" + ".org", "pythonhosted" + ".org",
        "crates" + ".io", "debian" + ".org", "ubuntu" + ".com", "maven" + ".org", "proxy.golang" + ".org", "pkgs.dev.azure" + ".com",
    ];

    private static readonly string[] MachinePaths = ["/work" + "/", "/tmp" + "/", "/root" + "/"];

    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".tools", "bin", "obj", "artifacts", "node_modules", "TestResults",
    };

    // Recorded by upstream's services on their own machine: data, not text of ours.
    private static readonly string Recorded = Repository.PathOf("test", "golden");

    [Fact]
    public void No_file_names_a_package_host() => AssertNowhere(PackageHosts);

    [Fact]
    public void No_file_names_a_path_of_a_machine() => AssertNowhere(MachinePaths);

    [Fact]
    public void The_search_sees_the_files_it_should_see()
    {
        var files = TextFiles().Select(file => Path.GetRelativePath(Repository.Root, file.Path).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);

        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal) { "NuGet.config", "eng/test", ".ci/run", "src/Micromegas.Data/Micromegas.Data.csproj" },
            files);
    }

    private static void AssertNowhere(string[] forbidden)
    {
        var found = new List<string>();
        foreach (var (path, text) in TextFiles())
        {
            foreach (var word in forbidden)
            {
                var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
                if (at >= 0)
                {
                    var line = text.AsSpan(0, at).Count('\n') + 1;
                    found.Add($"{Path.GetRelativePath(Repository.Root, path)}:{line}: {word}");
                }
            }
        }

        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    private static IEnumerable<(string Path, string Text)> TextFiles()
    {
        var folders = new Stack<string>([Repository.Root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var child in Directory.EnumerateDirectories(folder))
            {
                if (!Skipped.Contains(Path.GetFileName(child)) && child != Recorded)
                {
                    folders.Push(child);
                }
            }

            // In a linked work tree .git is a file.
            foreach (var path in Directory.EnumerateFiles(folder).Where(path => !Skipped.Contains(Path.GetFileName(path))))
            {
                var bytes = File.ReadAllBytes(path);
                if (!bytes.AsSpan().Contains((byte)0))
                {
                    yield return (path, Encoding.UTF8.GetString(bytes));
                }
            }
        }
    }
}
