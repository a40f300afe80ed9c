using System.Collections.Concurrent;

namespace Micromegas.Engine.Functions;

/// <summary>A time zone: an offset such as <c>+05:30</c>, or a name that the system knows.</summary>
internal sealed class Zone
{
    private const int MaxCached = 256;
    private static readonly ConcurrentDictionary<string, Zone?> Known = new(StringComparer.Ordinal);

    private readonly TimeZoneInfo? info;
    private readonly int offsetSeconds;

    private Zone(string name, TimeZoneInfo? info, int offsetSeconds)
    {
        Name = name;
        this.info = info;
        this.offsetSeconds = offsetSeconds;
    }

    public static Zone Utc { get; } = new("UTC", null, 0);

    public string Name { get; }

    /// <summary>Whether its clock is UTC's at all times.</summary>
    public bool IsUtc => info is null && offsetSeconds == 0;

    /// <exception cref="EngineException">There is no such zone.</exception>
    public static Zone Find(string name) => TryFind(name)
        ?? throw new EngineException(SqlState.InvalidParameterValue, $"Invalid timezone \"{name}\": failed to parse timezone");

    public static Zone? TryFind(string name)
    {
        if (Known.TryGetValue(name, out var zone))
        {
            return zone;
        }
        zone = Make(name);
        if (Known.Count < MaxCached)
        {
            Known[name] = zone;
        }
        return zone;
    }

    /// <summary>Seconds that the zone's clock is ahead of UTC at an instant.</summary>
    public int OffsetAt(long secondsSince1970)
    {
        if (info is null)
        {
            return offsetSeconds;
        }
        // Beyond what the framework's calendar reaches, the first and last rules hold.
        var seconds = Math.Clamp(secondsSince1970, -62_135_596_800, 253_402_300_799);
        return (int)info.GetUtcOffset(DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond)).TotalSeconds;
    }

    /// <summary>What the zone's clock shows, as ticks since its 1970.</summary>
    public long ToLocal(long ticks, long ticksPerDay)
    {
        if (IsUtc)
        {
            return ticks;
        }
        var perSecond = ticksPerDay / 86_400;
        return ticks + (OffsetAt(TimeUnits.FloorDivide(ticks, perSecond)) * perSecond);
    }

    /// <summary>The instant at which the zone's clock shows a time; skipped times move on by the gap, repeated ones are the earlier.</summary>
    public long ToInstant(long localTicks, long ticksPerDay)
    {
        var perSecond = ticksPerDay / 86_400;
        return localTicks - (OffsetOfLocal(TimeUnits.FloorDivide(localTicks, perSecond), out _) * perSecond);
    }

    /// <summary>The same, where a repeated time is the one with the offset of <paramref name="near"/>, an instant.</summary>
    public long ToInstant(long localTicks, long ticksPerDay, long near)
    {
        var perSecond = ticksPerDay / 86_400;
        var offset = OffsetAt(TimeUnits.FloorDivide(near, perSecond));
        return OffsetAt(TimeUnits.FloorDivide(localTicks, perSecond) - offset) == offset
            ? localTicks - (offset * perSecond)
            : ToInstant(localTicks, ticksPerDay);
    }

    /// <summary>The offset for a local time; <paramref name="isUnique"/> tells whether the clock shows it exactly once.</summary>
    public int OffsetOfLocal(long localSeconds, out bool isUnique)
    {
        isUnique = true;
        if (info is null)
        {
            return offsetSeconds;
        }
        // Zone offsets stay within a day: try the offsets that hold around the time.
        var before = OffsetAt(localSeconds - 86_400);
        var after = OffsetAt(localSeconds + 86_400);
        var beforeFits = OffsetAt(localSeconds - before) == before;
        var afterFits = OffsetAt(localSeconds - after) == after;
        isUnique = before == after ? beforeFits : beforeFits != afterFits;
        return beforeFits || !afterFits ? before : after;
    }

    private static Zone? Make(string name)
    {
        if (name is "UTC" or "Z" or "z" or "GMT" or "Etc/UTC")
        {
            return new Zone(name, null, 0);
        }
        if (TryParseOffset(name, out var offset))
        {
            return new Zone(name, null, offset);
        }
        // Abbreviations and Windows names are no zone ids here.
        return name.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var info) ? new Zone(name, info, 0) : null;
    }

    /// <summary><c>+HH</c>, <c>+HHMM</c> or <c>+HH:MM</c>.</summary>
    public static bool TryParseOffset(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        if (text.Length is not (3 or 5 or 6) || text[0] is not ('+' or '-') || (text.Length == 6 && text[3] != ':'))
        {
            return false;
        }
        var digits = 0;
        Span<int> values = stackalloc int[4];
        foreach (var c in text[1..])
        {
            if (c == ':' && digits == 2)
            {
                continue;
            }
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
            values[digits++] = c - '0';
        }
        var (hours, minutes) = ((values[0] * 10) + values[1], (values[2] * 10) + values[3]);
        if (hours > 23 || minutes > 59)
        {
            return false;
        }
        seconds = ((hours * 3600) + (minutes * 60)) * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
