using System.Globalization;

namespace Micromegas.Benchmarks.Memory;

/// <summary>A statement that must keep far more than its memory limit, over rows that are made as they are read.</summary>
/// <param name="Name">The operator and what is special.</param>
/// <param name="RowBytes">Bytes of an input row, as the operator would keep it.</param>
/// <param name="Sql">The statement; <c>{t}</c> is the input, <c>{n}</c> its number of rows, <c>{n/7}</c> a part of that.</param>
internal sealed record MemoryCase(string Name, int RowBytes, string Sql)
{
    /// <summary>How many times larger than the limit the input is.</summary>
    private const int Times = 10;

    // A multiplication modulo a prime: every number once, in no order.
    private const string Input = "(SELECT i, (i * 2654435761) % 4294967291 AS h FROM generate_series(1, {n}) AS g(i))";

    public static IReadOnlyList<MemoryCase> All { get; } =
    [
        new("aggregate, few groups", 40, "SELECT h % 10 AS k, count(*), sum(i), avg(h), min(i) FROM {t} GROUP BY k"),
        new("aggregate, many groups", 40, "SELECT h, count(*), sum(i) FROM {t} GROUP BY h"),
        new("aggregate, many texts", 48, "SELECT concat('key ', h) AS k, max(i) FROM {t} GROUP BY k"),
        new("aggregate, numbers and texts", 40, "SELECT h, concat('name ', i % 500) AS name, count(*), sum(i) FROM {t} GROUP BY h, name"),
        new("grouping sets", 48, "SELECT h, i, count(*) FROM {t} GROUP BY GROUPING SETS ((h), (i))"),
        new("count distinct", 24, "SELECT count(DISTINCT h) FROM {t}"),
        new("count distinct, few groups", 24, "SELECT i % 10 AS k, count(DISTINCT h), sum(DISTINCT h) FROM {t} GROUP BY k"),
        new("median, one group", 16, "SELECT median(h) FROM {t}"),
        new("median, few groups", 16, "SELECT i % 7 AS k, median(h) FROM {t} GROUP BY k"),
        new("percentiles, many groups", 32, "SELECT h % {n/20} AS k, median(i), percentile_cont(0.9) WITHIN GROUP (ORDER BY i) FROM {t} GROUP BY k"),
        new("array_agg, many groups", 24, "SELECT h % {n/20} AS k, array_agg(i) FROM {t} GROUP BY k"),
        new("array_agg in order", 40, "SELECT h % {n/20} AS k, array_agg(i ORDER BY h) FROM {t} GROUP BY k"),
        new("string_agg, many groups", 32, "SELECT h % {n/20} AS k, string_agg(CAST(i AS VARCHAR), ',') FROM {t} GROUP BY k"),
        new("sort, numbers", 32, "SELECT i, h FROM {t} ORDER BY h"),
        new("sort, texts", 64, "SELECT concat('text number ', h) AS s, i FROM {t} ORDER BY s"),
        new("top-n", 32, "SELECT i, h FROM {t} ORDER BY h LIMIT 60000"),
        new("top-n, large n", 32, "SELECT i, h FROM {t} ORDER BY h LIMIT {n/3}"),
        new("join, large build side", 40, "SELECT count(*), sum(a.i + b.i) FROM {t} AS a JOIN {t} AS b ON a.h = b.h"),
        new("join, texts", 64, "SELECT count(*), max(b.s) FROM {t} AS a JOIN (SELECT concat('key ', h) AS k, concat('value ', i) AS s FROM {t}) AS b ON concat('key ', a.h) = b.k"),
        new("full join", 40, "SELECT count(*), sum(a.i), sum(b.i) FROM {t} AS a FULL JOIN (SELECT h + 1 AS h, i FROM {t}) AS b ON a.h = b.h"),
        new("join, one key", 40, "SELECT count(*) FROM (SELECT i % 3 AS k FROM generate_series(1, 30) AS s(i)) AS a JOIN (SELECT h % 2 AS k, i FROM {t}) AS b ON a.k = b.k AND a.k + b.i > 0"),
        new("NOT IN", 32, "SELECT count(*) FROM {t} AS a WHERE a.h NOT IN (SELECT h + 1 FROM {t})"),
        new("window, many partitions", 40, "SELECT i, row_number() OVER (PARTITION BY i % {n/50} ORDER BY h), sum(h) OVER (PARTITION BY i % {n/50}) FROM {t}"),
        new("window, one partition: running", 40, "SELECT i, row_number() OVER (ORDER BY h), sum(i) OVER (ORDER BY h), lag(i) OVER (ORDER BY h) FROM {t}"),
        new("window, one partition: sliding", 40, "SELECT i, sum(i) OVER (ORDER BY h ROWS BETWEEN 50 PRECEDING AND 50 FOLLOWING), max(i) OVER (ORDER BY h ROWS 50 PRECEDING) FROM {t}"),
        new("window, one partition: whole", 40, "SELECT i, sum(h) OVER (), ntile(100) OVER (ORDER BY h), last_value(i) OVER (ORDER BY h ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM {t}"),
        new("DISTINCT", 32, "SELECT DISTINCT h, i % 2 FROM {t}"),
        new("DISTINCT ON", 32, "SELECT DISTINCT ON (h % {n/10}) i, h FROM {t} ORDER BY h % {n/10}, i"),
        new("UNION", 32, "SELECT h, i FROM {t} UNION SELECT h, i + 1 FROM {t}"),
        new("EXCEPT", 32, "SELECT h, i FROM {t} EXCEPT SELECT h, i FROM {t} WHERE i % 2 = 0"),
        new("recursion, UNION", 24, "WITH RECURSIVE r(i, j) AS (SELECT i, 0 FROM generate_series(1, {n/100}) AS g(i) UNION SELECT i, j + 1 FROM r WHERE j < 99) SELECT count(*), max(j) FROM r"),
        new("recursion, UNION ALL", 24, "WITH RECURSIVE r(i, j) AS (SELECT i, 0 FROM generate_series(1, {n/100}) AS g(i) UNION ALL SELECT i, j + 1 FROM r WHERE j < 99) SELECT count(*), max(j) FROM r"),
        new("scan, filter", 100, "SELECT count(*), max(msg) FROM file WHERE msg LIKE '%77%'"),
        new("scan, sort", 100, "SELECT msg, time, target FROM file ORDER BY msg"),
        new("scan, aggregate", 100, "SELECT target, count(*), max(time), max(msg) FROM file GROUP BY target"),
    ];

    /// <summary>Whether the statement reads the file.</summary>
    public bool NeedsFile => Sql.Contains("FROM file", StringComparison.Ordinal);

    /// <summary>Rows of the input under a limit.</summary>
    public long RowsFor(long limit) => Times * limit / RowBytes;

    /// <summary>The statement over an input that is as many times larger than the limit.</summary>
    public string SqlFor(long limit)
    {
        var rows = RowsFor(limit);
        var sql = Sql.Replace("{t}", Input, StringComparison.Ordinal).Replace("{n}", rows.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        for (var at = sql.IndexOf("{n/", StringComparison.Ordinal); at >= 0; at = sql.IndexOf("{n/", StringComparison.Ordinal))
        {
            var end = sql.IndexOf('}', at);
            var part = rows / long.Parse(sql.AsSpan(at + 3, end - at - 3), NumberStyles.None, CultureInfo.InvariantCulture);
            sql = string.Create(CultureInfo.InvariantCulture, $"{sql.AsSpan(0, at)}{part}{sql.AsSpan(end + 1)}");
        }
        return sql;
    }
}
