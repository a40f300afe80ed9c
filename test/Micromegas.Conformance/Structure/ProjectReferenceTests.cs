using System.Xml.Linq;
using Micromegas.Testing;

namespace Micromegas.Conformance.Structure;

/// <summary>The rooms of design.md §2 and the arrows between them.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Micromegas.Columnar"] = [],
        ["Micromegas.Formats"] = [],
        ["Micromegas.Storage"] = [],
        ["Micromegas.Sql"] = [],
        ["Micromegas.Parquet"] = ["Micromegas.Columnar", "Micromegas.Formats", "Micromegas.Storage"],
        ["Micromegas.Engine"] = ["Micromegas.Columnar", "Micromegas.Formats", "Micromegas.Parquet", "Micromegas.Sql"],
        ["Micromegas.Telemetry"] = ["Micromegas.Columnar", "Micromegas.Formats"],
        ["Micromegas.Lake"] = ["Micromegas.Engine", "Micromegas.Storage", "Micromegas.Telemetry"],
        ["Micromegas.Data"] = ["Micromegas.Lake"],
        ["Micromegas.EntityFrameworkCore"] = ["Micromegas.Data"],
    };

    // Only these rooms may lean on libraries from outside (design.md §6); everything else there is ours.
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["Micromegas.Storage"] = ["AWSSDK.Core", "AWSSDK.S3"],
        ["Micromegas.Telemetry"] = ["Google.Protobuf", "Grpc.Tools"],
        ["Micromegas.Lake"] = ["Microsoft.Data.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3", "Npgsql", "Microsoft.Extensions.Logging.Abstractions"],
        ["Micromegas.Data"] = ["Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Options"],
        ["Micromegas.EntityFrameworkCore"] = ["Microsoft.EntityFrameworkCore.Relational"],
    };

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    [Fact]
    public void Every_room_is_in_the_plan()
    {
        var found = Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal);

        Assert.Equal(Arrows.Keys.Order(StringComparer.Ordinal), found);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_exactly_what_its_arrow_points_at(string room)
    {
        var references = Items(room, "ProjectReference").Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')));

        Assert.Equal(Arrows[room].Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_uses_only_the_packages_kept_for_it(string room)
    {
        var allowed = Packages.GetValueOrDefault(room, []);

        Assert.Empty(Items(room, "PackageReference").Except(allowed, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_compiled_room_uses_no_room_behind_its_arrows(string room)
    {
        // The compiler lets code use what a referenced room itself references; the assembly tells.
        var assembly = System.Reflection.Assembly.Load(room);
        var used = assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("Micromegas.", StringComparison.Ordinal));

        Assert.Empty(used.Except(Reachable(room), StringComparer.Ordinal));
    }

    private static IEnumerable<string> Items(string room, string kind)
    {
        var project = XDocument.Load(Repository.PathOf("src", room, room + ".csproj"));
        return project.Descendants(kind).Select(item => (string?)item.Attribute("Include") ?? "");
    }

    private static IEnumerable<string> Reachable(string room) =>
        Arrows[room].Concat(Arrows[room].SelectMany(Reachable)).Distinct(StringComparer.Ordinal);
}
