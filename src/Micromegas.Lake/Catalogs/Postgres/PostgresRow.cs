using System.Data.Common;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>Reads the columns of a catalogue row; upstream leaves nearly every column nullable, absent values become defaults.</summary>
internal static class PostgresRow
{
    /// <summary>Times of the server that a <see cref="DateTime"/> holds, in microseconds since 1970.</summary>
    public const long FirstMicrosecond = -62_135_596_800_000_000;
    public const long LastMicrosecond = 253_402_300_799_999_999;

    public static string Text(this DbDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);

    public static string? OptionalText(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long Integer(this DbDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

    public static int SmallInteger(this DbDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt32(column);

    public static long Time(this DbDataReader row, int column) => row.OptionalTime(column) ?? 0;

    public static long? OptionalTime(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : CatalogTime.ToNanoseconds(Microseconds(row.GetDateTime(column)));

    public static byte[] Bytes(this DbDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);

    public static Guid Id(this DbDataReader row, int column) =>
        row.OptionalId(column) ?? throw Throw.CorruptCatalog($"{row.GetName(column)} is missing");

    public static Guid? OptionalId(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    /// <summary>A value in the form of <see cref="CatalogColumnKind"/>.</summary>
    public static object? Value(this DbDataReader row, int column, CatalogColumnKind kind) => row.IsDBNull(column) ? null : kind switch
    {
        CatalogColumnKind.Uuid => row.GetGuid(column).ToString("D"),
        CatalogColumnKind.Integer => row.GetFieldType(column) == typeof(int) ? row.GetInt32(column) : row.GetInt64(column),
        CatalogColumnKind.Time => Microseconds(row.GetDateTime(column)),
        CatalogColumnKind.Bytes => row.GetFieldValue<byte[]>(column),
        _ => row.GetString(column),
    };

    /// <summary>The instant as a parameter: truncated to the microsecond, towards the past.</summary>
    public static DateTime Instant(long nanoseconds) => DateTime.UnixEpoch.AddTicks(CatalogTime.ToMicroseconds(nanoseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The first microsecond that is not before the instant.</summary>
    public static DateTime NotBefore(long nanoseconds) => Instant(nanoseconds > long.MaxValue - 999 ? nanoseconds : nanoseconds + 999);

    private static long Microseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
