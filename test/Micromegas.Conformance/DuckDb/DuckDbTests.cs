using System.Numerics;
using Micromegas.DuckDb;
using Micromegas.Testing;

namespace Micromegas.Conformance.DuckDb;

/// <summary>The binding to the second engine reads what the engine holds; differential tests and benchmarks lean on it.</summary>
public sealed class DuckDbTests : IDisposable
{
    private readonly DuckDbDatabase database = DuckDbDatabase.OpenInMemory(threads: 1);

    public static TheoryData<string, object?> Values => new()
    {
        { "NULL", null },
        { "true", true },
        { "(-5)::TINYINT", (sbyte)-5 },
        { "(-500)::SMALLINT", (short)-500 },
        { "70000::INTEGER", 70000 },
        { "(-9223372036854775807)::BIGINT", -9223372036854775807L },
        { "250::UTINYINT", (byte)250 },
        { "65535::USMALLINT", (ushort)65535 },
        { "4294967295::UINTEGER", uint.MaxValue },
        { "18446744073709551615::UBIGINT", ulong.MaxValue },
        { "(-170141183460469231731687303715884105727)::HUGEINT", Int128.MinValue + 1 },
        { "340282366920938463463374607431768211455::UHUGEINT", UInt128.MaxValue },
        { "1.5::FLOAT", 1.5f },
        { "'NaN'::DOUBLE", double.NaN },
        { "'short'", "short" },
        { "'twelve bytes'", "twelve bytes" },
        { "'more than twelve bytes, wörld 🎮'", "more than twelve bytes, wörld 🎮" },
        { "''", "" },
        { "'\\x00\\xFF'::BLOB", new byte[] { 0, 255 } },
        { "(-1.25)::DECIMAL(4, 2)", -1.25m },
        { "123456789.125::DECIMAL(12, 3)", 123456789.125m },
        { "(-12345678901234567890.5)::DECIMAL(28, 1)", -12345678901234567890.5m },
        { "12345678901234567890123456789012.5::DECIMAL(38, 1)", BigInteger.Parse("123456789012345678901234567890125", null) },
        { "DATE '1969-12-31'", -1 },
        { "TIME '00:00:01.000002'", 1_000_002L },
        { "TIMESTAMP '1970-01-01 00:00:01'", 1_000_000L },
        { "TIMESTAMP_NS '1970-01-01 00:00:01.000000001'", 1_000_000_001L },
        { "INTERVAL '1 month 2 days 3 microseconds'", new DuckDbInterval(1, 2, 3) },
        { "'00112233-4455-6677-8899-aabbccddeeff'::UUID", Guid.Parse("00112233-4455-6677-8899-aabbccddeeff") },
        { "'b'::ENUM('a', 'b')", "b" },
        { "[1, NULL, 3]::INTEGER[]", new object?[] { 1, null, 3 } },
        { "[[1], []]::INTEGER[][]", new object?[] { new object?[] { 1 }, Array.Empty<object?>() } },
        { "[7, 8]::INTEGER[2]", new object?[] { 7, 8 } },
        { "{'a': 1::INTEGER, 'b': 'x'}", new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x" } },
        { "MAP {'k': 2::INTEGER}", new[] { new KeyValuePair<object, object?>("k", 2) } },
    };

    public void Dispose() => database.Dispose();

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_of_each_type_is_read(string expression, object? expected) =>
        Assert.Equal(expected, Assert.Single(database.Rows($"SELECT {expression} AS v"))[0]);

    [Fact]
    public void Chunks_follow_each_other_with_their_nulls()
    {
        var rows = database.Rows("SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text number ' || i END, [i, i + 1] FROM range(10000) AS t(i) ORDER BY i");

        Assert.Equal(10_000, rows.Count);
        for (var i = 0L; i < rows.Count; i++)
        {
            Assert.Equal([i, i % 3 == 0 ? null : $"text number {i}", new object?[] { i, i + 1 }], rows[(int)i]);
        }
    }

    [Fact]
    public void Columns_have_names_and_types()
    {
        using var result = database.Query("SELECT 1::BIGINT AS a, [1.5::DECIMAL(10, 2)] AS b");

        Assert.Equal(["a", "b"], result.Columns.Select(column => column.Name));
        Assert.Equal(DuckDbTypeId.BigInt, result.Columns[0].Type.Id);
        Assert.Equal(DuckDbTypeId.List, result.Columns[1].Type.Id);
        Assert.Equal((10, 2), (result.Columns[1].Type.Children[0].Width, result.Columns[1].Type.Children[0].Scale));
    }

    [Fact]
    public void Changed_rows_are_counted()
    {
        database.Execute("CREATE TABLE t (a INTEGER)");

        Assert.Equal(3, database.Execute("INSERT INTO t VALUES (1), (2), (3)"));
    }

    [Theory]
    [InlineData("SELEC 1", "syntax error")]
    [InlineData("SELECT x", "x")]
    [InlineData("SELECT 'a'::INTEGER", "Could not convert")]
    public void An_error_comes_with_the_message(string sql, string part)
    {
        Assert.Contains(part, Assert.Throws<DuckDbException>(() => database.Query(sql)).Message, StringComparison.Ordinal);

        // The connection goes on.
        Assert.Equal(1, Assert.Single(database.Rows("SELECT 1"))[0]);
    }

    [Fact]
    public void The_recorded_partitions_open()
    {
        var files = Repository.PathOf("test", "golden", "lake", "store", "views", "log_entries", "**", "*.parquet");

        Assert.True((long)database.Rows($"SELECT count(*) FROM read_parquet('{files}')")[0][0]! > 0);
    }
}
