namespace Micromegas.Formats.Tests;

public sealed class Lz4SampleTests
{
    [Theory]
    [InlineData(100, 5, 50, 0, (int)Lz4Loop.Plain)]
    [InlineData(100, 30, 50, 0, (int)Lz4Loop.LongMatches)]
    [InlineData(100, 0, 60, 60, (int)Lz4Loop.Plain)]
    [InlineData(100, 0, 100, 40, (int)Lz4Loop.Plain)]
    [InlineData(100, 0, 100, 60, (int)Lz4Loop.Periodic)]
    public void What_a_sample_holds_chooses_the_loop(int sequences, int longMatches, int fewLiterals, int periodicMatches, int loop) =>
        Assert.Equal((Lz4Loop)loop, new Lz4Sample(sequences, longMatches, fewLiterals, periodicMatches).Next());
}
