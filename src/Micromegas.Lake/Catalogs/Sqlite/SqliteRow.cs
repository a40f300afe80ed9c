using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>A row of the embedded catalogue: times are microseconds, identities text.</summary>
internal sealed class SqliteRow(SqliteDataReader reader) : CatalogRow(reader)
{
    /// <summary>All rows of a statement.</summary>
    public static List<T> List<T>(SqliteCommand command, Func<SqliteRow, T> read)
    {
        using SqliteDataReader reader = command.ExecuteReader();
        var row = new SqliteRow(reader);
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(row));
        }
        return rows;
    }

    public static object ToParameter(Guid id) => id.ToString("D");

    public static object ToParameter(Guid? id) => id is { } value ? value.ToString("D") : DBNull.Value;

    public static object ToParameter(long? nanoseconds) => nanoseconds is { } value ? CatalogTime.ToMicroseconds(value) : DBNull.Value;

    public static object ToParameter(object? value) => value ?? DBNull.Value;

    /// <exception cref="LakeException">The number does not fit 32 bits: SQLite's columns do not keep to it.</exception>
    public override int SmallInteger(int column) =>
        Integer(column) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Throw.CorruptCatalog($"{Reader.GetName(column)} is out of range");

    public override long? OptionalTime(int column) => Reader.IsDBNull(column) ? null : CatalogTime.ToNanoseconds(Reader.GetInt64(column));

    public override Guid? OptionalId(int column) =>
        OptionalText(column) is not { } text ? null : Guid.TryParse(text, out Guid id) ? id : throw Throw.CorruptCatalog($"{Reader.GetName(column)} is not a UUID");
}
