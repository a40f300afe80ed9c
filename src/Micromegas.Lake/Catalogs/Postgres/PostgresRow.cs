using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>A row of the shared catalogue.</summary>
internal sealed class PostgresRow(NpgsqlDataReader reader) : CatalogRow(reader)
{
    /// <summary>Times of the server that a <see cref="DateTime"/> holds, in microseconds since 1970.</summary>
    public const long FirstMicrosecond = -62_135_596_800_000_000;
    public const long LastMicrosecond = 253_402_300_799_999_999;

    public override int SmallInteger(int column) => Reader.IsDBNull(column) ? 0 : Reader.GetInt32(column);

    public override long? OptionalTime(int column) => Reader.IsDBNull(column) ? null : CatalogTime.ToNanoseconds(Microseconds(Reader.GetDateTime(column)));

    public override Guid? OptionalId(int column) => Reader.IsDBNull(column) ? null : Reader.GetGuid(column);

    /// <summary>A value in the form of <see cref="CatalogColumnKind"/>.</summary>
    public object? Value(int column, CatalogColumnKind kind) => Reader.IsDBNull(column) ? null : kind switch
    {
        CatalogColumnKind.Uuid => Reader.GetGuid(column).ToString("D"),
        CatalogColumnKind.Integer => Reader.GetFieldType(column) == typeof(int) ? Reader.GetInt32(column) : Reader.GetInt64(column),
        CatalogColumnKind.Time => Microseconds(Reader.GetDateTime(column)),
        CatalogColumnKind.Bytes => Reader.GetFieldValue<byte[]>(column),
        _ => Reader.GetString(column),
    };

    /// <summary>The instant as a parameter: truncated to the microsecond, towards the past.</summary>
    public static DateTime Instant(long nanoseconds) => DateTime.UnixEpoch.AddTicks(CatalogTime.ToMicroseconds(nanoseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The first microsecond that is not before the instant.</summary>
    public static DateTime NotBefore(long nanoseconds) => Instant(nanoseconds > long.MaxValue - 999 ? nanoseconds : nanoseconds + 999);

    private static long Microseconds(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
