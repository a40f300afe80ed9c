using System.Globalization;
using Micromegas.Engine;
using Micromegas.Lake.Catalogs;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.CustomViews;

/// <summary>The queries that define a view (spec/lakehouse.md §6.9).</summary>
internal sealed record ViewQueries
{
    /// <summary>Stands for the begin of the insert range in count and extract queries, the way upstream's authors write it.</summary>
    public const string Begin = "{begin}";

    public const string End = "{end}";

    /// <summary>Stands in the merge query for the table of rows to merge.</summary>
    public const string Source = "{source}";

    /// <summary>The table that the merge query finds there.</summary>
    public const string SourceTable = "__source__";

    /// <summary>One row with one integer, which changes when the source of the insert range does; null counts blocks.</summary>
    public string? Count { get; init; }

    /// <summary>
    /// The rows of an insert range. The lake's views hold nothing else while it runs, so it need not say so (<see cref="InsertRangeCatalog"/>).
    /// </summary>
    public required string Extract { get; init; }

    /// <summary>The rows of several extracts as those of one; closed over its own columns.</summary>
    public string Merge { get; init; } = $"SELECT * FROM {Source}";

    public string ExtractOf(LakeTimeRange range) => Fill(Extract, range);

    public string? CountOf(LakeTimeRange range) => Count is null ? null : Fill(Count, range);

    /// <summary>The merge query over <see cref="SourceTable"/>.</summary>
    public string MergeOf() => MergeOf(Merge);

    /// <summary>The same for another merge query.</summary>
    public static string MergeOf(string query) => query.Replace(Source, SqlPrinter.QuoteIdentifier(SourceTable), StringComparison.Ordinal);

    /// <summary>The query alone, so that it can stand inside another.</summary>
    /// <exception cref="EngineException">The text is not one query.</exception>
    public static string Alone(string sql) => SqlEngine.Parse(sql) is [QueryStatement query]
        ? sql.Substring(query.Span.Start, query.Span.Length)
        : throw new EngineException(SqlState.SyntaxError, "a view is defined by one query");

    /// <summary>A query whose rows come by these columns.</summary>
    public static string Sorted(string sql, IReadOnlyList<string>? order) => order is null
        ? sql
        : $"SELECT * FROM (\n{Alone(sql)}\n) ORDER BY {string.Join(", ", order.Select(SqlPrinter.QuoteIdentifier))}";

    private static string Fill(string query, LakeTimeRange range) =>
        query.Replace(Begin, Text(range.Begin), StringComparison.Ordinal).Replace(End, Text(range.End), StringComparison.Ordinal);

    /// <summary>A time as text; one before all that nanoseconds can say is pinned to the first microsecond that they can.</summary>
    public static string Text(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UnixEpoch.AddTicks(CatalogTime.ToMicroseconds(Math.Max(nanoseconds, long.MinValue + 1000)) * 10):yyyy-MM-ddTHH:mm:ss.ffffff}+00:00");
}
