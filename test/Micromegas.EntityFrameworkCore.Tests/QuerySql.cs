using Micromegas.Data;
using Microsoft.EntityFrameworkCore;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>Compares what a query becomes with the SQL that a test expects. Lines are joined and whole entities are written <c>*</c>, so that baselines stay readable.</summary>
internal static class QuerySql
{
    internal static NanoTimestamp T0 { get; } = new(2026, 11, 22, 16, 54);

    internal static MicromegasDbContext NewContext() => new("Data Source=unused");

    internal static void Is(Func<MicromegasDbContext, IQueryable> query, string expected)
    {
        using var context = NewContext();
        Assert.Equal(Flat(expected), Flat(query(context).ToQueryString()));
    }

    private static string Flat(string sql)
    {
        var flat = string.Join(' ', sql.Split(['\r', '\n', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        foreach (var table in new[] { "l", "m", "p", "s" })
        {
            var all = $"SELECT \"{table}\".\"block_id\", \"{table}\".\"computer\", ";
            if (flat.IndexOf(all, StringComparison.Ordinal) is var start and >= 0 && flat.IndexOf(" FROM ", start, StringComparison.Ordinal) is var end and > 0)
            {
                flat = string.Concat(flat.AsSpan(0, start), "SELECT *", flat.AsSpan(end));
            }
        }

        return flat;
    }
}
