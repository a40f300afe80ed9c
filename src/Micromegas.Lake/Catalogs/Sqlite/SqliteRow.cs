using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Reads the columns of a catalogue row; upstream leaves nearly every column nullable, absent values become defaults.</summary>
internal static class SqliteRow
{
    public static string Text(this SqliteDataReader row, int column) => row.IsDBNull(column) ? "" : row.GetString(column);

    public static string? OptionalText(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long Integer(this SqliteDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

    public static int SmallInteger(this SqliteDataReader row, int column)
    {
        long value = row.Integer(column);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Throw.CorruptCatalog($"{row.GetName(column)} is out of range");
    }

    public static long Time(this SqliteDataReader row, int column) => CatalogTime.ToNanoseconds(row.Integer(column));

    public static long? OptionalTime(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static byte[] Bytes(this SqliteDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);

    public static Guid Id(this SqliteDataReader row, int column) =>
        OptionalId(row, column) ?? throw Throw.CorruptCatalog($"{row.GetName(column)} is missing");

    public static Guid? OptionalId(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null
        : Guid.TryParse(row.GetString(column), out Guid id) ? id
        : throw Throw.CorruptCatalog($"{row.GetName(column)} is not a UUID");

    public static object ToParameter(Guid id) => id.ToString("D");

    public static object ToParameter(Guid? id) => id is { } value ? value.ToString("D") : DBNull.Value;

    public static object ToParameter(long? nanoseconds) => nanoseconds is { } value ? CatalogTime.ToMicroseconds(value) : DBNull.Value;

    public static object ToParameter(object? value) => value ?? DBNull.Value;
}
