using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Data;

/// <summary>
/// A query range (spec/sql.md §0.2): every scan of a view is filtered by it, both bounds inclusive, and partitions and blocks outside it are not read.
/// The text form is <c>begin/end</c>, each ISO 8601.
/// </summary>
public readonly record struct MicromegasRange
{
    /// <summary>Creates a range.</summary>
    /// <param name="begin">The first instant.</param>
    /// <param name="end">The last instant; not before <paramref name="begin"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="end"/> is before <paramref name="begin"/>.</exception>
    public MicromegasRange(NanoTimestamp begin, NanoTimestamp end)
    {
        if (end < begin)
        {
            throw new ArgumentException($"The range ends at {end}, before it begins at {begin}.", nameof(end));
        }

        Begin = begin;
        End = end;
    }

    /// <summary>The first instant.</summary>
    public NanoTimestamp Begin { get; }

    /// <summary>The last instant.</summary>
    public NanoTimestamp End { get; }

    /// <summary>The range of length <paramref name="duration"/> that ends at <paramref name="end"/>.</summary>
    /// <param name="duration">The length; not negative.</param>
    /// <param name="end">The last instant; now when null.</param>
    public static MicromegasRange Last(TimeSpan duration, NanoTimestamp? end = null)
    {
        var last = end ?? NanoTimestamp.GetUtcNow();
        return new(last - duration, last);
    }

    /// <summary>Parses <c>begin/end</c>.</summary>
    /// <param name="text">Two ISO 8601 timestamps with a slash between.</param>
    /// <exception cref="FormatException">The text does not have this form.</exception>
    public static MicromegasRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var range)
            ? range
            : throw new FormatException($"'{text}' is not a range such as 2026-11-22T16:54:00Z/2026-11-22T16:58:00Z.");
    }

    /// <summary>Parses <c>begin/end</c>; false where <see cref="Parse"/> throws.</summary>
    /// <param name="text">Two ISO 8601 timestamps with a slash between.</param>
    /// <param name="range">The range.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out MicromegasRange range)
    {
        range = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !NanoTimestamp.TryParse(text.AsSpan(0, slash), null, out var begin)
            || !NanoTimestamp.TryParse(text.AsSpan(slash + 1), null, out var end)
            || end < begin)
        {
            return false;
        }

        range = new(begin, end);
        return true;
    }

    /// <summary>The text form, <c>begin/end</c>.</summary>
    public override string ToString() => $"{Begin}/{End}";
}
