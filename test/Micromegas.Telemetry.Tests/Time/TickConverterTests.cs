namespace Micromegas.Telemetry.Tests;

public sealed class TickConverterTests
{
    private const long Start = 1735787045000000000;

    // spec/data-lake.md §6.3.
    [Theory]
    [InlineData(5000, 10_000_000, 5123, 12_300)]
    [InlineData(1000, 2_999_999_997, 123_457_789, 41_152_263)]
    [InlineData(1000, 2, 1001, 500_000_000)]
    [InlineData(1000, 3, 1001, 333_333_333)]
    [InlineData(0, 2_000_000_000, 1, 1)]        // half a nanosecond, away from zero
    [InlineData(0, 2_000_000_000, -1, -1)]
    public void Absolute_ticks_become_nanoseconds(long startTicks, long frequency, long ticks, long expected)
    {
        Assert.True(TickConverter.TryCreate(new ProcessClock(frequency, startTicks, Start), 0, 0, out TickConverter converter));
        Assert.Equal(Start + expected, converter.FromAbsolute(ticks));
        Assert.Equal(Start + expected, converter.FromRelative(ticks - startTicks));
    }

    [Fact]
    public void A_known_frequency_always_wins()
    {
        Assert.True(TickConverter.TryCreate(new ProcessClock(7, 0, Start), 1_000_000, Start + 1_000_000_000, out TickConverter converter));
        Assert.Equal(7, converter.Frequency);
    }

    [Theory]
    [InlineData(3_000_000, 1_500_000_000, 2_000_000)]
    [InlineData(5, 2_000_000_000, 3)]                    // 2.5, away from zero
    [InlineData(long.MaxValue, 1, long.MaxValue)]        // saturates
    [InlineData(10, 0, long.MaxValue)]                   // 10 / 0 s = infinity
    public void An_unknown_frequency_is_estimated(long endTicks, long elapsed, long expected)
    {
        Assert.True(TickConverter.TryCreate(new ProcessClock(0, 0, Start), endTicks, Start + elapsed, out TickConverter converter));
        Assert.Equal(expected, converter.Frequency);
    }

    [Theory]
    [InlineData(0, 1_000_000_000)]
    [InlineData(0, 0)]                                   // NaN
    [InlineData(-5, 1_000_000_000)]
    [InlineData(5, -1_000_000_000)]
    [InlineData(1, 10_000_000_000)]                      // rounds to 0
    public void An_end_that_gives_none_is_refused(long endTicks, long elapsed) =>
        Assert.False(TickConverter.TryCreate(new ProcessClock(0, 0, Start), endTicks, Start + elapsed, out _));

    [Fact]
    public void Ticks_measures_become_seconds_by_the_formula_of_upstream()
    {
        Assert.True(TickConverter.TryCreate(new ProcessClock(3_000_000_000, 0, Start), 0, 0, out TickConverter converter));
        Assert.Equal(1234567 * (1000.0 / 3_000_000_000) / 1000.0, converter.Seconds(1234567));
        Assert.Equal(-1 * (1000.0 / 3_000_000_000) / 1000.0, converter.Seconds(ulong.MaxValue));
    }

    [Fact]
    public void Times_become_relative_ticks()
    {
        Assert.True(TickConverter.TryCreate(new ProcessClock(3, 1000, Start), 0, 0, out TickConverter converter));
        Assert.Equal(1, converter.ToRelative(Start + 333_333_333));
        Assert.Equal(-3, converter.ToRelative(Start - 1_000_000_000));
    }
}
