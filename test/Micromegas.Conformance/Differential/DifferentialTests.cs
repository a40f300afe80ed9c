using System.Globalization;
using Micromegas.Testing;
using Xunit.Abstractions;

namespace Micromegas.Conformance.Differential;

/// <summary>
/// Generated statements answered by our engine, by DuckDB and by PostgreSQL over the same rows. A difference prints the seed and the smallest statement that
/// still shows it; MICROMEGAS_FUZZ_SEED and MICROMEGAS_FUZZ_COUNT choose other statements.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private static readonly int Seed = Number("MICROMEGAS_FUZZ_SEED", 1);

    [Fact]
    public Task DuckDb_agrees() => CheckAsync(static () => new DuckDbReference(), Number("MICROMEGAS_FUZZ_COUNT", 400));

    [Fact]
    [Trait("Category", "Slow")]
    public Task DuckDb_agrees_on_ten_thousand() => CheckAsync(static () => new DuckDbReference(), 10_000);

    [Fact]
    public async Task Postgres_agrees()
    {
        using var server = new PostgresServer();
        await CheckAsync(() => new PostgresReference(server.ConnectionString), Number("MICROMEGAS_FUZZ_COUNT", 400));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Postgres_agrees_on_ten_thousand()
    {
        using var server = new PostgresServer();
        await CheckAsync(() => new PostgresReference(server.ConnectionString), 10_000);
    }

    private async Task CheckAsync(Func<IReferenceDatabase> open, int count)
    {
        var run = new DifferentialRun(open);
        await run.RunAsync(Seed, count);
        output.WriteLine(run.Report());
        Assert.True(run.Mismatches.Count == 0, run.Report());
        // A generator whose statements are all refused would prove nothing.
        Assert.True(run.Compared > count * 9 / 10, run.Report());
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
