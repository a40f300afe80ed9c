using System.Runtime.InteropServices;
using Micromegas.Data;
using Micromegas.Golden.Lakes;
using Micromegas.Samples.Trimmed;
using Micromegas.Testing;

namespace Micromegas.Conformance.Packages;

/// <summary>Programs that carry only what they use of <c>Micromegas.Data</c> are made without a warning and answer like any other.</summary>
public sealed class PublishingTests(ScratchLake scratch, LakeServices services) : IClassFixture<ScratchLake>, IClassFixture<LakeServices>
{
    // Nothing here depends on the order in which workers add floating-point numbers.
    private static readonly string[] Statements =
    [
        "SELECT count(*), min(time), max(time) FROM log_entries",
        "SELECT exe, level, count(*) AS lines FROM log_entries GROUP BY exe, level ORDER BY exe, level",
        "SELECT time, target, msg, properties FROM log_entries WHERE msg LIKE '%player%' ORDER BY time, msg, target LIMIT 20",
        "SELECT name, count(*), min(value), max(value) FROM measures GROUP BY name ORDER BY name",
        "SELECT p.exe, count(*) FROM processes p JOIN streams s ON s.process_id = p.process_id GROUP BY p.exe ORDER BY p.exe",
        "SELECT count(*), max(time) FROM view_instance('log_entries', '5fff281d-7235-490f-b933-a5cb2f98c62d')",
        "SELECT date_trunc('minute', time) AS minute, count(*) FROM log_entries GROUP BY 1 ORDER BY 1",
        "SELECT arrow_typeof(time), CAST(1.25 AS DECIMAL(10, 2)), interval '1 month 2 days', [1, 2, 3] FROM log_entries LIMIT 1",
    ];

    [Fact]
    public async Task A_trimmed_program_is_made_without_a_warning_and_answers_like_any_other() =>
        Assert.Equal(await ExpectedAsync(), await PublishAndRunAsync());

    [Fact]
    [Trait("Category", "Slow")]
    public async Task A_natively_compiled_program_is_made_without_a_warning_and_answers_like_any_other() =>
        Assert.Equal(await ExpectedAsync(), await PublishAndRunAsync("-p:PublishAot=true"));

    private async Task<string> PublishAndRunAsync(params string[] options)
    {
        var target = Path.Combine(scratch.Folder, "published");
        // Intermediate files go to the scratch folder too: the repository's belong to its own build.
        var output = await Tool.RunAsync(
            Repository.Root, "dotnet",
            ["publish", "samples/Trimmed", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", target, "-nologo", "-v", "quiet",
             "--artifacts-path", Path.Combine(scratch.Folder, "artifacts"), .. options]);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        var program = Path.Combine(target, "Trimmed");
        var answers = await Tool.RunAsync(scratch.Folder, program, [scratch.Lake, .. Statements]);

        // The same lake in PostgreSQL and S3, whose libraries are trimmed too.
        var place = await services.PlaceAsync(Path.Combine(scratch.Lake, "store"), inBucket: true);
        await (await MicromegasLake.CreateAsync(place)).ImportCatalogAsync(Repository.PathOf("test", "golden", "lake", "catalog", "global"));
        await MicromegasLake.CloseAsync(place);
        Assert.Equal(answers, await Tool.RunAsync(scratch.Folder, "env", ["MICROMEGAS_SQL_CONNECTION_STRING=" + place.Catalog, program, place.DataSource, .. Statements]));
        return answers;
    }

    private async Task<string> ExpectedAsync()
    {
        var expected = new StringWriter();
        await Answers.PrintAsync(scratch.Lake, Statements, expected);
        await MicromegasLake.CloseAsync(scratch.Lake);
        Assert.True(expected.ToString().Count(static c => c == '\n') > 50, expected.ToString());
        return expected.ToString();
    }
}
