using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Micromegas.Testing;

namespace Micromegas.Conformance.Packages;

/// <summary>The packages that <c>eng/pack</c> makes: what they hold, and that a project outside the repository can use them.</summary>
public sealed partial class PackageTests(ScratchLake scratch) : IClassFixture<ScratchLake>, IAsyncLifetime
{
    // A version of its own, because NuGet keeps what it has once installed.
    private readonly string version = $"0.0.0-test.{Guid.NewGuid():N}";

    private string Feed => Path.Combine(scratch.Folder, "feed");

    public async Task InitializeAsync() =>
        await Tool.RunAsync(Repository.Root, Repository.PathOf("eng", "pack"), "--version", version, "--output", Feed);

    public Task DisposeAsync()
    {
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in Directory.EnumerateDirectories(cache, "micromegas.*").Select(folder => Path.Combine(folder, version)).Where(Directory.Exists))
        {
            Directory.Delete(package, recursive: true);
        }
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Packages_hold_what_they_should_and_run_the_code_of_the_readme()
    {
        CheckData();
        CheckEntityFramework();
        await CheckBytesAsync();
        await RunReadmeAsync();
    }

    /// <summary>Packed once more, the packages are the same to the byte: nothing in them tells when or in which run they were made.</summary>
    private async Task CheckBytesAsync()
    {
        var again = Path.Combine(scratch.Folder, "again");
        await Tool.RunAsync(Repository.Root, Repository.PathOf("eng", "pack"), "--version", version, "--output", again);
        foreach (var id in new[] { "Micromegas.Data", "Micromegas.EntityFrameworkCore" })
        {
            var name = $"{id}.{version}.nupkg";
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Feed, name)), await File.ReadAllBytesAsync(Path.Combine(again, name)));
        }
    }

    private void CheckData()
    {
        var (files, dependencies) = Open("Micromegas.Data");
        string[] rooms = ["Columnar", "Data", "Engine", "Formats", "Lake", "Parquet", "Sql", "Storage", "Telemetry"];
        var expected = rooms.SelectMany(room => new[] { $"lib/net10.0/Micromegas.{room}.dll", $"lib/net10.0/Micromegas.{room}.pdb" })
            .Append("lib/net10.0/Micromegas.Data.xml").Append("README.md");
        Assert.Equal(expected.Order(StringComparer.Ordinal), files);

        // The rooms' own references, because the package stands for all of them.
        var references = rooms.Select(room => Repository.PathOf("src", "Micromegas." + room, $"Micromegas.{room}.csproj"))
            .SelectMany(project => XDocument.Load(project).Descendants("PackageReference"))
            .Where(reference => (string?)reference.Attribute("PrivateAssets") != "all")
            .Select(reference => (string)reference.Attribute("Include")!);
        Assert.Equal(references.Distinct().Order(StringComparer.Ordinal), dependencies.Keys.Order(StringComparer.Ordinal));
    }

    private void CheckEntityFramework()
    {
        var (files, dependencies) = Open("Micromegas.EntityFrameworkCore");
        string[] expected =
        [
            "README.md", "lib/net10.0/Micromegas.EntityFrameworkCore.dll", "lib/net10.0/Micromegas.EntityFrameworkCore.pdb",
            "lib/net10.0/Micromegas.EntityFrameworkCore.xml",
        ];
        Assert.Equal(expected, files);
        Assert.Equal(version, dependencies["Micromegas.Data"]);
        Assert.Contains("Microsoft.EntityFrameworkCore.Relational", dependencies.Keys);
    }

    private (List<string> Files, Dictionary<string, string> Dependencies) Open(string id)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{version}.nupkg"));
        using var description = package.GetEntry(id + ".nuspec")!.Open();
        var nuspec = XDocument.Load(description).Descendants().ToList();
        Assert.Equal("MIT", nuspec.Single(static element => element.Name.LocalName == "license").Value);
        Assert.Equal("README.md", nuspec.Single(static element => element.Name.LocalName == "readme").Value);
        var files = package.Entries.Select(static entry => entry.FullName)
            .Where(static name => name.StartsWith("lib/", StringComparison.Ordinal) || name == "README.md").Order(StringComparer.Ordinal).ToList();
        var dependencies = nuspec.Where(static element => element.Name.LocalName == "dependency")
            .ToDictionary(static element => (string)element.Attribute("id")!, static element => (string)element.Attribute("version")!);
        return (files, dependencies);
    }

    /// <summary>An empty project, the packages from a folder, the samples of README.md.</summary>
    private async Task RunReadmeAsync()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var samples = Samples().Matches(readme).Select(static match => match.Groups[1].Value).ToList();
        Assert.True(samples.Count >= 3);
        var project = Path.Combine(scratch.Folder, "reader");
        Directory.CreateDirectory(project);
        // The machine's own sources are added to this one.
        await File.WriteAllTextAsync(Path.Combine(scratch.Folder, "nuget.config"), """
            <configuration><packageSources><add key="packed" value="feed" /></packageSources></configuration>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "reader.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Micromegas.EntityFrameworkCore" Version="{version}" />
                <PackageReference Include="Dapper" Version="{DapperVersion()}" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"),
            "using Dapper;\nusing Micromegas.Data;\nusing Micromegas.EntityFrameworkCore;\nusing Microsoft.EntityFrameworkCore;\n\n"
            + string.Concat(samples.Select(static (code, i) => $"await Sample{i}();\nConsole.WriteLine(\"-- {i}\");\nasync Task Sample{i}()\n{{\n{code}}}\n")));
        await Tool.RunAsync(project, "dotnet", "build", "-c", "Release", "-nologo", "-v", "quiet", "-clp:ErrorsOnly");
        var output = await Tool.RunAsync(scratch.Folder, "dotnet", Path.Combine(project, "bin", "Release", "net10.0", "reader.dll"));
        var answers = output.Split("-- ");
        Assert.Equal(samples.Count + 1, answers.Length);
        Assert.All(answers.SkipLast(1), static answer => Assert.Contains(":", answer, StringComparison.Ordinal));
        Assert.Equal(10, Regex.Count(answers[0], @"^2026-11-22T16:5\d:\d\d\.\d{9}Z (Fatal|Error|Warn): .", RegexOptions.Multiline));
    }

    private static string DapperVersion() =>
        (string)XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(static package => (string)package.Attribute("Include")! == "Dapper").Attribute("Version")!;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Samples();
}
