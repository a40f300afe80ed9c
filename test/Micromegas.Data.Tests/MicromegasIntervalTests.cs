namespace Micromegas.Data.Tests;

public class MicromegasIntervalTests
{
    [Theory]
    [InlineData(0, 0, 0, "0 secs")]
    [InlineData(13, 1, 3_661_001_001_000, "13 mons 1 days 1 hours 1 mins 1.001001000 secs")]
    [InlineData(-1, 0, -500_000_000, "-1 mons -0.500000000 secs")]
    [InlineData(0, 0, 60_000_000_000, "1 mins")]
    public void Prints_as_the_engine_does(int months, int days, long nanoseconds, string text)
        => Assert.Equal(text, new MicromegasInterval(months, days, nanoseconds).ToString());

    [Fact]
    public void Orders_by_months_then_days_then_nanoseconds()
    {
        Assert.True(new MicromegasInterval(1, 0, 0) > new MicromegasInterval(0, 400, 0));
        Assert.True(new MicromegasInterval(0, 1, 0) > new MicromegasInterval(0, 0, long.MaxValue));
        Assert.True(new MicromegasInterval(0, 1, 0) <= new MicromegasInterval(0, 1, 0));
    }

    [Fact]
    public void Converts_to_TimeSpan_without_months()
    {
        Assert.Equal(new TimeSpan(1, 0, 0, 1), new MicromegasInterval(0, 1, 1_000_000_000).ToTimeSpan());
        Assert.Equal(new MicromegasInterval(0, 0, 1_000_000_000), MicromegasInterval.FromTimeSpan(TimeSpan.FromSeconds(1)));
        Assert.Throws<InvalidCastException>(() => new MicromegasInterval(1, 0, 0).ToTimeSpan());
    }
}
