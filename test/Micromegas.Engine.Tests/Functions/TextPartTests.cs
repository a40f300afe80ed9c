using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Tests.Expressions;
using Micromegas.Engine.Tests.Operators;

namespace Micromegas.Engine.Tests.Functions;

/// <summary>Parts of texts that constants say are the same as those that columns say, for which every text is looked at by code points.</summary>
public sealed class TextPartTests : IDisposable
{
    private readonly OperatorRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public async Task Constant_parts_are_those_of_columns()
    {
        var random = new Random(23);
        string?[] texts = [null, "", " ", "a", "é", .. Enumerable.Range(0, 4_000).Select(_ => random.Next(30) == 0 ? null : Text(random))];
        run.Add("t", texts, (new Field("s", DataType.Utf8), static text => text), (new Field("one", DataType.Int64, false), static _ => 1L), (new Field("blank", DataType.Utf8, false), static _ => " "));
        foreach (var (start, length) in ((int, int)[])[(1, 24), (1, 32), (1, 33), (3, 7), (5, 0), (20, 100), (129, 1), (1, 128), (2, 128), (40, 1)])
        {
            await AssertSame($"substr(s, {start}, {length})", $"substr(s, {start} * one, {length} * one)");
        }
        await AssertSame("split_part(s, ' ', 1)", "split_part(s, blank, one)");
        await AssertSame("split_part(s, ' ', 2)", "split_part(s, blank, one + 1)");
        await AssertSame("split_part(s, 'é', 1)", "split_part(s, replace(blank, ' ', 'é'), one)");
    }

    [Theory]
    [InlineData("some text", 1, 4, 4)]
    [InlineData("some", 1, 24, 4)]
    [InlineData("some", 3, 24, 2)]
    [InlineData("some", 9, 24, 0)]
    [InlineData("some é", 1, 4, 4)]
    [InlineData("some é", 1, 6, -1)]
    [InlineData("0123456789012345678901234567890123456789é", 30, 11, 11)]
    [InlineData("0123456789012345678901234567890123456789é", 30, 12, -1)]
    public unsafe void Bytes_tell_a_part_of_characters_that_are_ASCII(string text, long start, long length, int expected)
    {
        using var constants = new Constants(start, length);
        var range = default(CharacterRange);
        Assert.True(range.TryPrepare([constants.Start, constants.Start, constants.Length]));
        using var bytes = TestData.Column(DataType.Utf8, text);
        var vector = (BinaryVector)bytes;
        Assert.Equal(expected, range.Find(vector.Bytes, vector.Offsets[1]));
        Assert.False(range.TryPrepare([constants.Start, constants.Start]));
    }

    private async Task AssertSame(string constant, string column)
    {
        var expected = (await run.RunAsync($"SELECT {column} FROM t", new() { Threads = 1 })).Select(OperatorRun.Text).ToArray();
        Assert.Equal(expected, (await run.RunAsync($"SELECT {constant} FROM t", new() { Threads = 1 })).Select(OperatorRun.Text));
        var some = (await run.RunAsync($"SELECT {column} FROM t WHERE length(s) % 3 = 1", new() { Threads = 1 })).Select(OperatorRun.Text).ToArray();
        Assert.Equal(some, (await run.RunAsync($"SELECT {constant} FROM t WHERE length(s) % 3 = 1", new() { Threads = 1 })).Select(OperatorRun.Text));
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        var others = random.Next(3) == 0 ? 12 : int.MaxValue;
        for (var i = random.Next(180); i > 0; i--)
        {
            text.Append(random.Next(others) == 1 ? "é€😀"[..(random.Next(3) switch { 0 => 1, 1 => 2, _ => 4 })] : random.Next(9) == 0 ? " " : ((char)random.Next('!', '~')).ToString());
        }
        return text.ToString();
    }

    private sealed class Constants(long start, long length) : IDisposable
    {
        public ConstantVector Start { get; } = new(TestData.Column(DataType.Int64, start), 1);

        public ConstantVector Length { get; } = new(TestData.Column(DataType.Int64, length), 1);

        public void Dispose()
        {
            Start.Dispose();
            Length.Dispose();
        }
    }
}
