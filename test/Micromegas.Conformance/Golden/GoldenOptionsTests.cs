using Micromegas.Golden;

namespace Micromegas.Conformance.Golden;

/// <summary>The command line of <c>eng/golden</c>.</summary>
public sealed class GoldenOptionsTests
{
    [Fact]
    public void Options_and_files_may_be_mixed()
    {
        var options = GoldenOptions.Parse(["a.jsonl.gz", "--catalog", "jit", "--group", "view,empty", "--show", "3", "b.jsonl.gz", "--group", "question"]);

        Assert.Equal("jit", options.Catalog);
        Assert.Equal(["view", "empty", "question"], options.Groups);
        Assert.Equal(3, options.Show);
        Assert.Equal(["a.jsonl.gz", "b.jsonl.gz"], options.Files);
        Assert.EndsWith(Path.Combine("golden", "lake"), options.Lake, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_options_the_first_state_is_asked() => Assert.Equal("global", GoldenOptions.Parse(["a"]).Catalog);

    [Theory]
    [InlineData]
    [InlineData("--catalog", "jit")]
    [InlineData("a", "--show")]
    [InlineData("a", "--show", "-1")]
    [InlineData("a", "--colour")]
    public void What_makes_no_sense_is_refused(params string[] arguments) => Assert.Throws<FormatException>(() => GoldenOptions.Parse(arguments));
}
