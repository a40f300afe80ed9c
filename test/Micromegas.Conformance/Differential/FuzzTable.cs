using System.Globalization;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;

namespace Micromegas.Conformance.Differential;

/// <summary>A column of a generated table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What expressions make of it.</param>
/// <param name="Field">How our engine stores it.</param>
/// <param name="DuckDb">Its type in DuckDB.</param>
/// <param name="Postgres">Its type in PostgreSQL.</param>
internal sealed record FuzzColumn(string Name, SqlType Type, Field Field, string DuckDb, string Postgres);

/// <summary>
/// A table of random rows: all types that the three engines share, with NULL, NaN, infinities, empty and Unicode texts, extreme integers and times.
/// Values: <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, unscaled decimals of scale 2 as <see cref="long"/>, texts, days, microseconds.
/// </summary>
internal sealed class FuzzTable
{
    private static readonly string[] Words = ["a", "ab", "abc", "b", "ba", "Bc", "c d", "x1", "x10", "zz"];

    private static readonly string[] Texts = ["", " ", "ä", "Äpfel", "日本語", "naïve", "🎮 game", "O'Hara", "tab\there", "a%b_c", "END", "end", "0", "-12"];

    private FuzzTable(string name, IReadOnlyList<FuzzColumn> columns, IReadOnlyList<object?[]> rows)
    {
        Name = name;
        Columns = columns;
        Rows = rows;
    }

    public string Name { get; }

    public IReadOnlyList<FuzzColumn> Columns { get; }

    public IReadOnlyList<object?[]> Rows { get; }

    public static IReadOnlyList<FuzzTable> Create(Random random) =>
        [Create("t0", 90, random), Create("t1", 40, random), Create("t2", 12, random), Create("t3", random.Next(2), random)];

    /// <summary>The table for our engine.</summary>
    /// <param name="rowsPerChunk">Rows that one worker scans at a time.</param>
    public ITable ToTable(int rowsPerChunk)
    {
        (Field, Func<object?[], object?>)[] columns = [.. Columns.Select(static (column, i) => (column.Field, (Func<object?[], object?>)(row => Stored(column, row[i]))))];
        return new ChunkedTable([.. Rows.Chunk(rowsPerChunk).DefaultIfEmpty([]).Select(chunk => MemoryTable.FromRows(chunk, columns))]);
    }

    /// <summary>Statements that make the table in another engine.</summary>
    public IEnumerable<string> ToScript(Dialect dialect)
    {
        yield return $"CREATE TABLE {Name} ({string.Join(", ", Columns.Select(column => $"{column.Name} {(dialect == Dialect.DuckDb ? column.DuckDb : column.Postgres)}"))})";
        if (Rows.Count == 0)
        {
            yield break;
        }
        var text = new StringBuilder($"INSERT INTO {Name} VALUES ");
        for (var i = 0; i < Rows.Count; i++)
        {
            text.Append(i == 0 ? "(" : ", (").AppendJoin(", ", Rows[i].Select((value, k) => Literal(Columns[k], value))).Append(')');
        }
        yield return text.ToString();
    }

    /// <summary>A value as a literal that all engines read alike.</summary>
    private static string Literal(FuzzColumn column, object? value) => (column.Type, value) switch
    {
        (_, null) => "NULL",
        (SqlType.Boolean, bool flag) => flag ? "TRUE" : "FALSE",
        (SqlType.Integer, long.MinValue) => "(-9223372036854775807 - 1)",
        (SqlType.Integer, long number) => number.ToString(CultureInfo.InvariantCulture),
        (SqlType.Double, double number) => $"CAST('{Number(number)}' AS DOUBLE PRECISION)",
        (SqlType.Decimal, long cents) => $"CAST('{((decimal)cents / 100).ToString(CultureInfo.InvariantCulture)}' AS DECIMAL(12, 2))",
        (SqlType.Date, long days) => $"DATE '{Day(days)}'",
        (SqlType.Timestamp, long micros) => $"TIMESTAMP '{Instant(micros)}'",
        _ => $"'{((string)value).Replace("'", "''", StringComparison.Ordinal)}'",
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    public static string Day(long days) => DateOnly.FromDayNumber((int)(days + 719162)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Instant(long micros) => DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static object? Stored(FuzzColumn column, object? value) => (column.Type, value) switch
    {
        (_, null) => null,
        (SqlType.Integer, long number) when column.Field.Type.Kind == TypeKind.Int32 => (int)number,
        (SqlType.Integer, long number) when column.Field.Type.Kind == TypeKind.Int16 => (short)number,
        (SqlType.Decimal, long cents) => (Int128)cents,
        (SqlType.Date, long days) => (int)days,
        (SqlType.Timestamp, long micros) => micros * 1000,
        _ => value,
    };

    private static FuzzTable Create(string name, int rows, Random random)
    {
        FuzzColumn[] columns =
        [
            new("id", SqlType.Integer, new Field("id", DataType.Int64, false), "BIGINT", "bigint"),
            new("a", SqlType.Integer, new Field("a", DataType.Int64), "BIGINT", "bigint"),
            new("n", SqlType.Integer, new Field("n", DataType.Int32), "INTEGER", "integer"),
            new("w", SqlType.Integer, new Field("w", DataType.Int16, false), "SMALLINT", "smallint"),
            new("f", SqlType.Boolean, new Field("f", DataType.Boolean), "BOOLEAN", "boolean"),
            new("x", SqlType.Double, new Field("x", DataType.Float64), "DOUBLE", "double precision"),
            new("m", SqlType.Decimal, new Field("m", DataType.Decimal128(12, 2)), "DECIMAL(12, 2)", "numeric(12, 2)"),
            new("s", SqlType.Text, new Field("s", DataType.Utf8), "VARCHAR", "text"),
            new("k", SqlType.Text, new Field("k", DataType.DictionaryUtf8), "VARCHAR", "text"),
            new("d", SqlType.Date, new Field("d", DataType.Date32), "DATE", "date"),
            new("ts", SqlType.Timestamp, new Field("ts", DataType.Timestamp(TimeUnit.Nanosecond)), "TIMESTAMP", "timestamp"),
            new("big", SqlType.Integer, new Field("big", DataType.Int64), "BIGINT", "bigint"),
            new("y", SqlType.Double, new Field("y", DataType.Float64), "DOUBLE", "double precision"),
            new("u", SqlType.Text, new Field("u", DataType.Utf8), "VARCHAR", "text"),
        ];
        return new FuzzTable(name, columns, [.. Enumerable.Range(0, rows).Select(i => Array.ConvertAll(columns, column => Value(column.Name, i, random)))]);
    }

    private static object? Value(string column, int row, Random random)
    {
        if (column is not ("id" or "w") && random.Next(8) == 0)
        {
            return null;
        }
        return column switch
        {
            "id" => (long)row,
            "a" => (long)random.Next(-5, 12),
            "n" => (long)random.Next(-20, 40),
            "w" => (long)random.Next(0, 4),
            "f" => random.Next(2) == 0,
            "x" => (random.Next(-40, 40) * 0.25) + 0.125,
            "m" => (long)random.Next(-2000, 2000),
            "s" => Words[random.Next(Words.Length)],
            "k" => Words[random.Next(4)],
            "d" => (long)random.Next(19_000, 19_030),
            "ts" => (19_000L * 86_400_000_000) + (random.NextInt64(0, 40 * 24) * 3_600_000_000L) + (random.Next(3) == 0 ? random.NextInt64(3_600_000_000L) : 0),
            "big" => random.Next(6) switch
            {
                0 => long.MaxValue,
                1 => long.MinValue,
                2 => int.MaxValue + 1L,
                3 => -1L,
                _ => random.NextInt64(),
            },
            "y" => random.Next(6) switch
            {
                0 => double.NaN,
                1 => double.PositiveInfinity,
                2 => double.NegativeInfinity,
                3 => 1e300,
                _ => (random.NextDouble() * 2000) - 1000,
            },
            _ => Texts[random.Next(Texts.Length)],
        };
    }
}
