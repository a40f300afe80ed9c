using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Statements;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.CustomViews;

/// <summary>What stands in the WITH of a CREATE MATERIALIZED VIEW.</summary>
internal sealed class ViewOptions
{
    private static readonly string[] s_names =
    [
        "time_column", "min_time_column", "max_time_column", "update_group", "max_delta", "max_source_delta", "max_merge_delta", "sort_order", "merge", "count",
        "merge_batch_rows",
    ];

    private readonly StatementServices _services;
    private readonly Dictionary<string, SqlOption> _options = new(StringComparer.Ordinal);

    public ViewOptions(StatementServices services, IEnumerable<SqlOption> options)
    {
        _services = services;
        foreach (SqlOption option in options)
        {
            if (!s_names.Contains(option.Name, StringComparer.Ordinal))
            {
                throw services.Error(option, SqlState.SyntaxError, $"a materialized view has no option '{option.Name}'", $"Options: {string.Join(", ", s_names)}.");
            }
            if (!_options.TryAdd(option.Name, option))
            {
                throw services.Error(option, SqlState.SyntaxError, $"the option '{option.Name}' stands more than once");
            }
        }
    }

    public string? MinTimeColumn => Text("min_time_column") ?? Text("time_column");

    public string? MaxTimeColumn => Text("max_time_column") ?? Text("time_column");

    public string? Merge => Text("merge");

    public string? Count => Text("count");

    public long? MergeBatchRows => Number("merge_batch_rows");

    public IReadOnlyList<string>? SortOrder =>
        Text("sort_order")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The group; <paramref name="isNone"/> for <c>'none'</c>, which leaves the view out of maintenance.</summary>
    public int? UpdateGroup(out bool isNone)
    {
        isNone = _options.TryGetValue("update_group", out SqlOption? option) && option.Value is StringLiteral { Value: "none" };
        return isNone ? null : Number("update_group") is { } number
            ? number is >= 0 and <= int.MaxValue ? (int)number : throw Wrong("update_group", "an integer that is not negative, or 'none'")
            : null;
    }

    /// <summary>A duration in nanoseconds: a number of seconds, or the text of an interval.</summary>
    public async ValueTask<long?> DeltaAsync(string name, QueryContext context, CancellationToken ct)
    {
        if (!_options.TryGetValue(name, out SqlOption? option))
        {
            return name == "max_delta" ? null : await DeltaAsync("max_delta", context, ct).ConfigureAwait(false);
        }
        string expression = option.Value switch
        {
            Int64Literal seconds => $"INTERVAL '{seconds.Value} seconds'",
            StringLiteral text => $"INTERVAL {SqlPrinter.QuoteString(text.Value)}",
            { } value => SqlPrinter.Print(value),
            null => throw Wrong(name, "a duration"),
        };
        return await LengthAsync(expression, context, ct).ConfigureAwait(false) ?? throw Wrong(name, "a duration that is always equally long");
    }

    /// <summary>How many nanoseconds an interval is long; null when that depends on the month.</summary>
    public static async ValueTask<long?> LengthAsync(string interval, QueryContext context, CancellationToken ct)
    {
        object?[] lengths = new object?[2];
        await foreach (Batch batch in LakeStatement.RunAsync(new TableCatalog(), context, $"SELECT {Length("2001-01-01")}, {Length("2001-02-01")}", TimeRange.All, ct)
            .ConfigureAwait(false))
        {
            lengths = [batch.Columns[0].GetValue(0), batch.Columns[1].GetValue(0)];
        }
        return lengths is [long a, long b] && a == b ? a : null;

        string Length(string day) => $"arrow_cast((TIMESTAMP '{day}' + {interval}) - TIMESTAMP '{day}', 'Int64')";
    }

    private string? Text(string name) => !_options.TryGetValue(name, out SqlOption? option) ? null
        : option.Value switch
        {
            StringLiteral text => text.Value,
            ColumnReference { Parts: [var column] } => column.Value,
            _ => throw Wrong(name, "a text"),
        };

    private long? Number(string name) => !_options.TryGetValue(name, out SqlOption? option) ? null
        : option.Value switch
        {
            Int64Literal number => number.Value,
            StringLiteral text when long.TryParse(text.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) => number,
            _ => throw Wrong(name, "an integer"),
        };

    private EngineException Wrong(string name, string what) => _services.Error(_options[name], SqlState.InvalidParameterValue, $"the option '{name}' must be {what}");
}
