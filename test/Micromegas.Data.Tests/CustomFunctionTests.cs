using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

/// <summary>Functions in C#, added through the builder.</summary>
public sealed class CustomFunctionTests
{
    private static async Task<string> AskAsync(string sql, Action<MicromegasDataSourceBuilder> configure)
    {
        var builder = new MicromegasDataSourceBuilder();
        configure(builder);
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }
        return string.Join("; ", rows);
    }

    [Fact]
    public async Task Scalar_functions_see_values_and_not_nulls() => Assert.Equal("HA 3; NULL NULL; HO 3", await AskAsync(
        "SELECT shout(s), plus(n, 1) FROM (VALUES ('ha', 2, 1), (NULL, NULL, 2), ('ho', 2, 3)) AS v(s, n, k) ORDER BY k",
        static builder => builder.AddFunction<string, string>("shout", static s => s.ToUpperInvariant()).AddFunction<int, long, long>("plus", static (a, b) => a + b)));

    [Fact]
    public async Task A_nullable_parameter_takes_null() => Assert.Equal("-1; 5", await AskAsync(
        "SELECT or_minus(n) FROM (VALUES (NULL, 1), (5, 2)) AS v(n, k) ORDER BY k", static builder => builder.AddFunction<long?, long>("or_minus", static n => n ?? -1)));

    [Fact]
    public async Task A_function_may_give_null_and_any_type() => Assert.Equal("NULL True 2.5 2024-01-02", await AskAsync(
        "SELECT none(1), even(4), half(5), to_char(next_day(TIMESTAMP '2024-01-01 00:00:00'), '%Y-%m-%d')",
        static builder => builder
            .AddFunction<long, string?>("none", static _ => null)
            .AddFunction<int, bool>("even", static n => n % 2 == 0)
            .AddFunction<double, double>("half", static x => x / 2)
            .AddFunction<DateTime, DateTime>("next_day", static t => t.AddDays(1))));

    [Fact]
    public async Task An_aggregate_folds_each_group() => Assert.Equal("1 24; 2 5", await AskAsync(
        "SELECT g, times(n) FROM (VALUES (1, 2), (1, 3), (1, NULL), (1, 4), (2, 5)) AS v(g, n) GROUP BY g ORDER BY g",
        static builder => builder.AddAggregate<long, long, long>("times", static () => 1, static (product, n) => product * n, static product => product)));

    [Fact]
    public async Task A_table_function_gives_rows() => Assert.Equal("1 1; 2 4; 3 9", await AskAsync(
        "SELECT n, square FROM squares(3) WHERE n > 0 ORDER BY n",
        static builder => builder.AddTableFunction<long>(
            "squares", static arguments => Enumerable.Range(0, (int)(long)arguments[0]! + 1).Select(static n => (long)n),
            (new Field("n", DataType.Int64, false), static n => n), (new Field("square", DataType.Int64, false), static n => n * n))));

    [Fact]
    public async Task What_a_function_throws_is_an_error_of_the_statement()
    {
        var error = await Assert.ThrowsAsync<MicromegasException>(() => AskAsync(
            "SELECT broken(1)", static builder => builder.AddFunction<long, long>("broken", static _ => throw new InvalidOperationException("out of order"))));
        Assert.Equal(("38000", "broken: out of order"), (error.SqlState, error.Message));
        Assert.IsType<InvalidOperationException>(error.GetBaseException());
    }

    [Fact]
    public async Task Wrong_arguments_are_refused() => Assert.Equal("42883", (await Assert.ThrowsAsync<MicromegasException>(() => AskAsync(
        "SELECT plus_one('a')", static builder => builder.AddFunction<long, long>("plus_one", static n => n + 1)))).SqlState);

    [Fact]
    public void A_type_that_vectors_do_not_hold_is_refused_at_once() =>
        Assert.ThrowsAny<Exception>(static () => new MicromegasDataSourceBuilder().AddFunction<Uri, long>("f", static _ => 1));
}
