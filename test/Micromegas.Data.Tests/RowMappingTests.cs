using System.Text.Json;

namespace Micromegas.Data.Tests;

public class RowMappingTests
{
    private static readonly MicromegasDataSource Source = MicromegasDataSource.Create("");

    private const string Three = "SELECT i AS id, CASE WHEN i > 1 THEN 'n' || CAST(i AS VARCHAR) END AS display_name, i * 0.5 AS value FROM generate_series(1, 3) AS g(i)";

    private sealed record Row(long Id, string? DisplayName, double? Value);

    private sealed record Flipped(double Value, int Id);

    private readonly record struct Small(short Id);

    private sealed class Settable
    {
        public long Id { get; set; }

        public string? DisplayName { get; init; }

        public string Other { get; set; } = "kept";
    }

    [Fact]
    public async Task RecordsTakeColumnsByName()
    {
        Assert.Equal([new Row(1, null, 0.5), new Row(2, "n2", 1), new Row(3, "n3", 1.5)], await ListAsync<Row>(Three));
        Assert.Equal(new Flipped(1.5, 3), (await ListAsync<Flipped>(Three))[2]);
        Assert.Equal([new Small(1), new Small(2), new Small(3)], await ListAsync<Small>(Three));
    }

    [Fact]
    public async Task ClassesTakeThemThroughTheirProperties()
    {
        var rows = await ListAsync<Settable>(Three);
        Assert.Equal((3, 2L, "n2", "kept"), (rows.Count, rows[1].Id, rows[1].DisplayName, rows[1].Other));
    }

    [Fact]
    public async Task TuplesTakeThemInTheirOrder()
    {
        Assert.Equal([(1L, null, 0.5), (2L, "n2", 1.0), (3L, "n3", 1.5)], await ListAsync<(long A, string? B, double C)>(Three));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ListAsync<(long, string)>(Three));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ListAsync<(int, int, int, int, int, int, int, int)>("SELECT 1, 2, 3, 4, 5, 6, 7, 8"));
    }

    [Fact]
    public async Task SingleValuesTakeTheFirstColumn()
    {
        Assert.Equal([1, 2, 3], await ListAsync<int>(Three));
        Assert.Equal([1L, 2L, 3L], await ListAsync<long?>(Three));
        Assert.Equal([null, "x"], await ListAsync<string?>("SELECT * FROM (VALUES (NULL), ('x')) AS t(a)"));
        Assert.Equal([TelemetryLevel.Error], await ListAsync<TelemetryLevel>($"SELECT {(int)TelemetryLevel.Error}"));
        Assert.Equal("[1,2]", (await ListAsync<JsonElement>("SELECT make_array(1, 2)"))[0].GetRawText());
    }

    [Fact]
    public async Task FunctionsMakeWhatTheyLike()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var reader = await connection.CreateCommand(Three).ExecuteReaderAsync();
        var made = new List<string>();
        await foreach (var text in reader.ReadRowsAsync(static row => $"{row.GetInt64(0)}:{row.GetDouble(2)}"))
        {
            made.Add(text);
        }

        Assert.Equal(["1:0.5", "2:1", "3:1.5"], made);
    }

    [Fact]
    public async Task WhatDoesNotFitIsRefusedWithItsName()
    {
        Assert.Contains("'id'", (await Assert.ThrowsAsync<InvalidCastException>(() => ListAsync<Row>("SELECT NULL AS id, '' AS display_name, 1.0 AS value"))).Message, StringComparison.Ordinal);
        Assert.Contains("Row", (await Assert.ThrowsAsync<InvalidOperationException>(() => ListAsync<Row>("SELECT 1 AS id"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ListAsync<Settable>("SELECT 1 AS nothing"));
        await Assert.ThrowsAsync<OverflowException>(() => ListAsync<Small>("SELECT 100000 AS id"));
    }

    [Fact]
    public async Task LeavingTheLoopEndsTheStatement()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT a.i FROM generate_series(1, 20000) AS a(i), generate_series(1, 20000) AS b(j)");
        var seen = 0;
        await foreach (var _ in command.ExecuteRowsAsync<long>())
        {
            if (++seen > 5000)
            {
                break;
            }
        }

        command.CommandText = "SELECT 1";
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task ReflectionGivesTheSameRows()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var reader = await connection.CreateCommand("SELECT 2 AS i, 'Error' AS e, 4 AS n, NULL AS x, 1.5 AS d").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(2, Mapping.BoxedFields.Get(reader, 0, typeof(int)));
        Assert.Equal(2L, Mapping.BoxedFields.Get(reader, 0, typeof(long?)));
        Assert.Equal(TelemetryLevel.Error, Mapping.BoxedFields.Get(reader, 1, typeof(TelemetryLevel)));
        Assert.Equal((TelemetryLevel)4, Mapping.BoxedFields.Get(reader, 2, typeof(TelemetryLevel?)));
        Assert.Null(Mapping.BoxedFields.Get(reader, 3, typeof(string)));
        Assert.Throws<InvalidCastException>(() => Mapping.BoxedFields.Get(reader, 4, typeof(Uri)));
    }

    private static async Task<List<T>> ListAsync<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(Mapping.RowMapper<T>.Members)] T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand(sql);
        var rows = new List<T>();
        await foreach (var row in command.ExecuteRowsAsync<T>())
        {
            rows.Add(row);
        }

        return rows;
    }
}
