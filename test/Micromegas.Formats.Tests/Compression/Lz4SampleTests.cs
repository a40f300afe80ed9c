namespace Micromegas.Formats.Tests;

public sealed class Lz4SampleTests
{
    [Theory]
    [InlineData(100, 5, 0, 0, (int)Lz4Loop.Plain)]
    [InlineData(100, 30, 0, 0, (int)Lz4Loop.LongMatches)]
    [InlineData(100, 5, 20, 50, (int)Lz4Loop.Plain)]
    [InlineData(100, 5, 20, 100, (int)Lz4Loop.Periodic)]
    [InlineData(0, 0, 0, 0, (int)Lz4Loop.Sampling)]
    public void What_a_sample_holds_chooses_the_loop(int sequences, int longMatches, int periods, int periodicMatches, int loop)
    {
        Lz4Sample sample = default;
        sample.Add(sequences, longMatches, periods, periodicMatches);
        Assert.Equal((Lz4Loop)loop, sample.Next(Lz4Loop.Sampling));
        // A segment that is decoded without counting is followed by another sample; one of periods tells by itself how to go on.
        Assert.Equal((Lz4Loop)loop == Lz4Loop.Periodic ? Lz4Loop.Periodic : Lz4Loop.Sampling, sample.Next(Lz4Loop.Plain));
    }
}
