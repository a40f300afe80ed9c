using System.Reflection;
using Micromegas.Testing;

namespace Micromegas.Conformance.Structure;

/// <summary>
/// The public API of the published assemblies is what the checked-in listings say: a change is seen in review. <c>eng/api</c> writes the listings anew.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Micromegas.Data")]
    [InlineData("Micromegas.EntityFrameworkCore")]
    public void The_listing_is_up_to_date(string name)
    {
        var path = Repository.PathOf("src", name, "PublicApi.txt");
        var offered = PublicApi.Describe(Assembly.Load(name));
        if (Environment.GetEnvironmentVariable("MICROMEGAS_WRITE_PUBLIC_API") == "1")
        {
            File.WriteAllText(path, offered);
            return;
        }
        var listed = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [];
        var lines = offered.Split('\n');
        var gone = listed.Except(lines).Select(static line => "- " + line);
        var added = lines.Except(listed).Select(static line => "+ " + line);
        Assert.True(
            listed.SequenceEqual(lines),
            $"The public API of {name} is not what {Path.GetRelativePath(Repository.Root, path)} lists. If the change is meant, run eng/api and check the listing in.\n"
            + string.Join('\n', gone.Concat(added)));
    }
}
