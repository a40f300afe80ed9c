using System.Globalization;

namespace Micromegas.Lake.Catalogs;

/// <summary>
/// Catalogues keep microseconds, everything else here nanoseconds, both since 1970 UTC. Nanoseconds end in 2262: what lies beyond is pinned to the end.
/// </summary>
internal static class CatalogTime
{
    public const long NanosecondsPerHour = 3_600_000_000_000;

    public static long ToNanoseconds(long microseconds) => microseconds switch
    {
        > long.MaxValue / 1000 => long.MaxValue,
        < long.MinValue / 1000 => long.MinValue,
        _ => microseconds * 1000,
    };

    /// <summary>Truncates towards the past, as upstream's driver does for any time that telemetry can carry.</summary>
    public static long ToMicroseconds(long nanoseconds) => FloorDivide(nanoseconds, 1000);

    /// <summary>The same instant as the catalogue would give it back.</summary>
    public static long Truncate(long nanoseconds) => ToNanoseconds(ToMicroseconds(nanoseconds));

    public static long FloorToHour(long nanoseconds) => FloorTo(nanoseconds, NanosecondsPerHour);

    /// <summary>The last multiple of a length, counted from 1970, that is not after the time.</summary>
    public static long FloorTo(long nanoseconds, long length) => FloorDivide(nanoseconds, length) * length;

    public static long Now(TimeProvider clock) => (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / 10 * 1000;

    /// <summary>The time in ISO form, UTC, with microseconds.</summary>
    public static string ToText(long nanoseconds) =>
        DateTime.UnixEpoch.AddTicks(FloorDivide(nanoseconds, 100)).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return value < 0 && quotient * divisor != value ? quotient - 1 : quotient;
    }
}
