namespace Micromegas.Engine;

/// <summary>A range of event times in nanoseconds since 1970, UTC, both ends included; <see langword="null"/> = open.</summary>
public readonly record struct TimeRange(long? Begin, long? End)
{
    /// <summary>Every time.</summary>
    public static TimeRange All => default;

    public bool IsAll => Begin is null && End is null;

    /// <summary>What lies in both.</summary>
    public TimeRange Intersect(TimeRange other) => new(
        Begin is { } a ? (other.Begin is { } b ? Math.Max(a, b) : a) : other.Begin,
        End is { } c ? (other.End is { } d ? Math.Min(c, d) : c) : other.End);
}
