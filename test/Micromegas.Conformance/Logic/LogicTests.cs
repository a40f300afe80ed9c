using System.Diagnostics;
using Micromegas.LogicTests;
using Micromegas.Testing;

namespace Micromegas.Conformance.Logic;

/// <summary>The SQL logic tests of test/slt: what the engine's settings are may not change an answer.</summary>
public sealed class LogicTests
{
    private const string Sample = """
        statement ok
        CREATE TABLE t AS SELECT * FROM (VALUES (1, 0.5, 'a'), (2, NULL, '')) AS v(a, b, c)

        query IRT rowsort
        SELECT a, b, c FROM t
        ----
        2	NULL	(empty)
        1	0.5	a

        statement error 42703
        SELECT nope FROM t
        """;

    public static TheoryData<string> Settings => [.. LogicSetting.All.Select(setting => setting.Name)];

    private static IEnumerable<LogicFile> Files => Directory.EnumerateFiles(Repository.PathOf("test", "slt"), "*.slt").Select(LogicFile.Read);

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task No_setting_changes_an_answer(string name)
    {
        var setting = LogicSetting.All.Single(setting => setting.Name == name);
        var failures = new List<LogicFailure>();
        foreach (var file in Files)
        {
            failures.AddRange(await LogicRun.RunAsync(file, setting));
        }
        Assert.True(failures.Count == 0, $"{failures.Count} failed, first:\n{string.Join('\n', failures.Take(5))}");
    }

    [Fact]
    public async Task Nor_do_the_processors_instructions()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LogicFile).Assembly.Location, "--setting", "parquet"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableHWIntrinsic"] = "0";
        start.Environment["MICROMEGAS_SIMD"] = "scalar";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public void There_are_thousands_of_records() => Assert.True(Files.Sum(file => file.Records.Count) >= 3000);

    [Theory]
    [InlineData("0.5\ta", "0.5\tb", "row")]
    [InlineData("1\t0.5\ta", "1\t0.5000001\ta", "row")]
    [InlineData("(empty)", "NULL", "row")]
    [InlineData("2\tNULL\t(empty)\n", "", "1 rows are expected")]
    [InlineData("query IRT", "query ITT", "types")]
    [InlineData("42703", "42P01", "42703")]
    [InlineData("SELECT nope", "SELECT a", "answered")]
    [InlineData("query IRT rowsort", "query IRT", "row 1")]
    public async Task A_damaged_record_fails(string from, string to, string reason)
    {
        Assert.Empty(await LogicRun.RunAsync(Parse(Sample), LogicSetting.All[0]));
        var failure = Assert.Single(await LogicRun.RunAsync(Parse(Sample.Replace(from, to, StringComparison.Ordinal)), LogicSetting.All[0]));
        Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query I\nSELECT 1")]
    [InlineData("query II\nSELECT 1\n----\n1")]
    [InlineData("query X\nSELECT 1\n----\n1")]
    [InlineData("statement ok")]
    [InlineData("statement error\nSELECT 1")]
    public void A_record_that_says_too_little_is_refused(string text) => Assert.Throws<FormatException>(() => Parse(text));

    private static LogicFile Parse(string text) => LogicFile.Parse("sample.slt", text.ReplaceLineEndings("\n").Split('\n'));
}
