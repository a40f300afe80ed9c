using FsCheck.Fluent;
using FsCheck;

namespace Micromegas.Data.Tests;

public class NanoTimestampTests
{
    [Theory]
    [InlineData("2026-11-22T16:54:00.123456789Z", 1795366440123456789L)]
    [InlineData("2026-11-22 16:54:00.123456789123", 1795366440123456789L)]
    [InlineData("2026-11-22T18:54:00.123456789+02:00", 1795366440123456789L)]
    [InlineData("2026-11-22T18:54:00.123456789+02", 1795366440123456789L)]
    [InlineData("2026-11-22T14:54:00.123456789 -0200", 1795366440123456789L)]
    [InlineData("1970-01-01", 0L)]
    [InlineData("1970-01-01T00:00", 0L)]
    [InlineData("1969-12-31T23:59:59.999999999", -1L)]
    [InlineData("2262-04-11T23:47:16.854775807Z", long.MaxValue)]
    [InlineData("1677-09-21T00:12:43.145224192Z", long.MinValue)]
    public void Parses_iso_8601(string text, long nanoseconds)
    {
        Assert.Equal(nanoseconds, NanoTimestamp.Parse(text).UnixNanoseconds);
        Assert.True(NanoTimestamp.TryParse(text, out var parsed));
        Assert.Equal(new NanoTimestamp(nanoseconds), parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-22T")]
    [InlineData("2026-13-22")]
    [InlineData("2026-02-29")]
    [InlineData("2026-11-22T24:00:00")]
    [InlineData("2026-11-22T16:54:00.Z")]
    [InlineData("2026-11-22T16:54:00Zx")]
    [InlineData("2026-11-22T16:54:00+2")]
    [InlineData("22.11.2026")]
    public void Refuses_other_texts(string text)
    {
        Assert.Throws<FormatException>(() => NanoTimestamp.Parse(text));
        Assert.False(NanoTimestamp.TryParse(text, out _));
    }

    [Fact]
    public void Refuses_instants_out_of_range()
    {
        Assert.Throws<OverflowException>(() => NanoTimestamp.Parse("2262-04-11T23:47:16.854775808Z"));
        Assert.False(NanoTimestamp.TryParse("0001-01-01", out _));
        Assert.Throws<OverflowException>(() => NanoTimestamp.FromDateTime(DateTime.MaxValue));
        Assert.Throws<OverflowException>(() => NanoTimestamp.MaxValue + TimeSpan.FromTicks(1));
        Assert.Throws<OverflowException>(() => NanoTimestamp.MinValue.Floor(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void Text_round_trips() => Prop.ForAll<long>(static nanoseconds =>
    {
        var value = new NanoTimestamp(nanoseconds);
        var text = value.ToString();
        Span<byte> utf8 = stackalloc byte[30];
        Assert.True(value.TryFormat(utf8, out var written));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(utf8[..written]));
        Assert.Equal(30, text.Length);
        Assert.Equal(value, NanoTimestamp.Parse(text));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_round_trips_at_the_ends()
    {
        foreach (var value in new[] { NanoTimestamp.MinValue, NanoTimestamp.MaxValue, NanoTimestamp.UnixEpoch, new NanoTimestamp(-1) })
        {
            Assert.Equal(value, NanoTimestamp.Parse(value.ToString()));
        }

        Assert.Equal("1969-12-31T23:59:59.999999999Z", new NanoTimestamp(-1).ToString());
        Assert.Equal("1969-12-31", new NanoTimestamp(-1).ToString("yyyy-MM-dd"));
    }

    [Fact]
    public void Converts_from_and_to_DateTime()
    {
        var unspecified = new DateTime(2026, 11, 22, 16, 54, 0, DateTimeKind.Unspecified).AddTicks(1);
        NanoTimestamp value = unspecified;
        Assert.Equal("2026-11-22T16:54:00.000000100Z", value.ToString());
        NanoTimestamp local = DateTime.SpecifyKind(unspecified, DateTimeKind.Utc).ToLocalTime();
        Assert.Equal(value, local);
        NanoTimestamp offset = new DateTimeOffset(unspecified, TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.FromHours(2), value - offset);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)value).Kind);
        Assert.Equal(unspecified, (DateTime)value);
        Assert.Equal(TimeSpan.Zero, ((DateTimeOffset)value).Offset);

        // Toward the past, also before 1970.
        Assert.Equal(DateTime.UnixEpoch.AddTicks(-1), (DateTime)new NanoTimestamp(-1));
        Assert.Equal(DateTime.UnixEpoch, (DateTime)new NanoTimestamp(99));
    }

    [Fact]
    public void Computes()
    {
        var value = new NanoTimestamp(2026, 11, 22, 16, 54, 3, 123_456_789);
        Assert.Equal((2026, 11, 22, 16, 54, 3, 123_456_789), (value.Year, value.Month, value.Day, value.Hour, value.Minute, value.Second, value.NanosecondOfSecond));
        Assert.Equal(new NanoTimestamp(2026, 11, 22), value.Date);
        Assert.Equal(new NanoTimestamp(2026, 11, 22, 16, 54), value.Floor(TimeSpan.FromMinutes(1)));
        Assert.Equal(-60_000_000_000, new NanoTimestamp(-1).Floor(TimeSpan.FromMinutes(1)).UnixNanoseconds);
        Assert.Equal(value, value + TimeSpan.FromDays(3) - TimeSpan.FromDays(3));
        Assert.Equal(1, value.AddNanoseconds(1).NanosecondsSince(value));
        Assert.Equal(DayOfWeek.Sunday, value.DayOfWeek);
        Assert.True(value > value.AddNanoseconds(-1) && value >= value.Date && value != value.Date && value.Date < value && value.Date <= value);
        Assert.Equal(1, value.CompareTo((object?)null));
        Assert.Throws<ArgumentException>(() => value.CompareTo("x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => value.Floor(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NanoTimestamp(2026, 1, 1, nanosecond: 1_000_000_000));
    }
}
