using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// Makes of the one query of a CREATE MATERIALIZED VIEW what a view needs: the query gives the rows of new blocks, and another one, found here, makes the rows of
/// several such runs those of one. Where that cannot be found the author has to say it; a view never differs from its query.
/// </summary>
internal sealed class ViewDerivation(LakeHost lake, StatementServices services, CreateViewStatement create)
{
    /// <summary>Aggregates of parts that the same, or another, aggregate makes one of.</summary>
    private static readonly Dictionary<string, string> s_again = new(StringComparer.Ordinal)
    {
        ["count"] = "sum", ["count_if"] = "sum", ["countif"] = "sum", ["sum"] = "sum", ["sum_if"] = "sum", ["min"] = "min", ["max"] = "max",
        ["bool_and"] = "bool_and", ["every"] = "bool_and", ["bool_or"] = "bool_or", ["bit_and"] = "bit_and", ["bit_or"] = "bit_or", ["bit_xor"] = "bit_xor",
        ["any_value"] = "any_value", ["make_histogram"] = "sum_histograms", ["sum_histograms"] = "sum_histograms",
    };

    private readonly FunctionRegistry _functions = lake.Views.Functions;

    /// <exception cref="EngineException">The query cannot be computed piece by piece, or an option is wrong.</exception>
    public async ValueTask<ViewSpecification> DeriveAsync(string name, QueryContext context, CancellationToken ct)
    {
        var options = new ViewOptions(services, create.Options);
        Schema schema = await services.DescribeAsync(create.Query, ct).ConfigureAwait(false);
        string[] columns = [.. schema.Fields.Select((f, i) => i < create.Columns.Count ? create.Columns[i].Value : f.Name)];
        schema = new Schema(schema.Fields.Select((f, i) => f with { Name = columns[i] }).ToArray());
        IReadOnlyList<GlobalView> sources = await SourcesAsync(options.Merge is not null, ct).ConfigureAwait(false);
        if (create.Query is { Limit: not null } or { Offset: not null } or { Fetch: not null })
        {
            throw Error(create.Query, "LIMIT of a materialized view");
        }
        string merge = options.Merge ?? DeriveMerge(columns, sources[0].Definition.Name);
        string? minTime = options.MinTimeColumn ?? OnlyTime(schema);
        string? maxTime = options.MaxTimeColumn ?? OnlyTime(schema);
        if (minTime is null || maxTime is null)
        {
            throw services.Error(
                create, SqlState.InvalidObjectDefinition, "the view's time is not clear",
                $"A view needs a column of type {DataType.LakeTime}; of several, say which: WITH (time_column = '…'), or min_time_column and max_time_column.");
        }
        int? group = options.UpdateGroup(out bool isUnmaintained);
        return new ViewSpecification
        {
            Name = name,
            Extract = create.Columns.IsEmpty
                ? create.QueryText
                : $"SELECT * FROM (\n{create.QueryText}\n) AS named({string.Join(", ", create.Columns.Select(c => SqlPrinter.QuoteIdentifier(c.Value)))})",
            Definition = create.QueryText,
            Merge = merge,
            Count = options.Count,
            MinTimeColumn = minTime,
            MaxTimeColumn = maxTime,
            UpdateGroup = isUnmaintained ? null : group ?? Math.Max(ViewSpecification.DefaultUpdateGroup, sources.Max(s => s.UpdateGroup ?? 0) + 1),
            MaxDeltaFromSource = await options.DeltaAsync("max_source_delta", context, ct).ConfigureAwait(false) ?? ViewSpecification.Day,
            MaxDeltaMerged = await options.DeltaAsync("max_merge_delta", context, ct).ConfigureAwait(false) ?? ViewSpecification.Day,
            SortOrder = options.SortOrder ?? [],
            MergeBatchRows = options.MergeBatchRows,
            TimeBin = minTime == maxTime ? await TimeBinAsync(Array.IndexOf(columns, minTime), sources, context, ct).ConfigureAwait(false) : null,
        };
    }

    /// <summary>What the view grows by. Two sources of one query would have to meet across their pieces.</summary>
    private async ValueTask<IReadOnlyList<GlobalView>> SourcesAsync(bool isMergeGiven, CancellationToken ct)
    {
        if (SqlEngine.TableFunctionsOf(create.Query).FirstOrDefault(f => lake.Tables.FindTableFunction(f) is not null) is { } function)
        {
            throw Error(create.Query, $"{function} in a materialized view");
        }
        var sources = new List<GlobalView>();
        foreach (string table in SqlEngine.TablesOf(create.Query).Where(t => t.IsInDefaultSchema).Select(t => t.Name))
        {
            if (!lake.Views.IsHidden(table) && await lake.Views.FindAsync(table, ct).ConfigureAwait(false) is { } view && QueryView.IsMadeOfEvents(view))
            {
                sources.Add(view);
            }
        }
        return sources.Count == 1 || (sources.Count > 1 && isMergeGiven)
            ? sources
            : throw services.Error(
                create.Query, SqlState.InvalidObjectDefinition,
                sources.Count == 0 ? "a materialized view is made of log_entries, measures, blocks or a view of these" : "a materialized view is made of one view, named once",
                sources.Count == 0 ? null : "WITH (merge = '…') says that rows need not meet across pieces.");
    }

    private string DeriveMerge(string[] columns, string source)
    {
        const string Everything = $"SELECT * FROM {ViewQueries.Source}";
        if (create.Query is not { With: null, Body: SelectCore core } || core.Having is not null || core.Qualify is not null)
        {
            throw CannotMerge(create.Query, "only a plain SELECT … FROM … WHERE … GROUP BY");
        }
        if (!core.From.Any(table => KeepsRowsOf(table, source)))
        {
            throw CannotMerge(core, $"{source} in FROM itself, not in a subquery, and not where an outer join fills it with NULLs");
        }
        if (FindWindow(core) is { } window)
        {
            throw CannotMerge(window, "no window functions");
        }
        bool isGrouped = core.GroupBy is not null || core.Items.Any(i => HasAggregate(i.Expression));
        if (!isGrouped)
        {
            return core.Distinct is null ? Everything
                : core.Distinct.On.IsEmpty ? $"SELECT DISTINCT * FROM {ViewQueries.Source}"
                : throw CannotMerge(core.Distinct, "no DISTINCT ON");
        }
        if (core.GroupBy is null || core.Distinct is not null || core.Items.Count != columns.Length)
        {
            throw CannotMerge(core, "aggregates with GROUP BY, each column written out");
        }
        Expression[] keys = [.. Keys(core)];
        var again = new string[columns.Length];
        var groups = new List<string>();
        for (int i = 0; i < columns.Length; i++)
        {
            Expression item = core.Items[i].Expression;
            string column = SqlPrinter.QuoteIdentifier(columns[i]);
            if (keys.Contains(item) || IsConstant(item))
            {
                again[i] = column;
                groups.Add(column);
            }
            else if (item is FunctionCall { Distinct: false, Over: null } call && call.OrderBy.IsEmpty && call.WithinGroup.IsEmpty
                && s_again.TryGetValue(call.Name.Last.Value, out string? aggregate))
            {
                again[i] = $"{aggregate}({column}) AS {column}";
            }
            else
            {
                throw CannotMerge(item, $"group keys, and of the aggregates {string.Join(", ", s_again.Keys.Order(StringComparer.Ordinal))}; '{columns[i]}' is neither");
            }
        }
        return Array.TrueForAll(keys, k => core.Items.Any(i => i.Expression.Equals(k)))
            ? $"SELECT {string.Join(", ", again)} FROM {ViewQueries.Source} GROUP BY {string.Join(", ", groups)}"
            : throw CannotMerge(core.GroupBy, "group keys that are columns of the view");
    }

    /// <summary>What the rows are grouped by, whether GROUP BY says it by position, name or in full.</summary>
    private IEnumerable<Expression> Keys(SelectCore core)
    {
        if (core.GroupBy!.All)
        {
            return core.Items.Where(i => !HasAggregate(i.Expression)).Select(i => i.Expression);
        }
        return core.GroupBy.Items.Select(item => item switch
        {
            GroupByExpression { Expression: Int64Literal { Value: var position } } when position >= 1 && position <= core.Items.Count => core.Items[(int)position - 1].Expression,
            GroupByExpression { Expression: ColumnReference { Parts: [var name] } } when core.Items.FirstOrDefault(i => i.Alias?.Value == name.Value) is { } named => named.Expression,
            GroupByExpression { Expression: var expression } => expression,
            _ => throw CannotMerge(item, "no grouping sets"),
        });
    }

    /// <summary>Whether the time is that of the source's events, and rounded to what.</summary>
    private async ValueTask<long?> TimeBinAsync(int column, IReadOnlyList<GlobalView> sources, QueryContext context, CancellationToken ct)
    {
        if (sources is not [{ Definition: { } source }] || source.MinTimeColumn != source.MaxTimeColumn
            || create.Query is not { With: null, Body: SelectCore core } || column < 0 || column >= core.Items.Count || core.Items[column].Expression is StarExpression)
        {
            return null;
        }
        return core.Items[column].Expression switch
        {
            ColumnReference time when IsTime(time) => 0,
            FunctionCall { Name.Last.Value: "date_bin", Arguments: [{ Value: var length }, { Value: ColumnReference time }] } when IsTime(time) && IsConstant(length) =>
                await ViewOptions.LengthAsync(length is StringLiteral ? $"INTERVAL {SqlPrinter.Print(length)}" : SqlPrinter.Print(length), context, ct).ConfigureAwait(false),
            FunctionCall { Name.Last.Value: "date_trunc", Arguments: [{ Value: StringLiteral { Value: "second" or "minute" or "hour" or "day" or "week" } unit }, { Value: ColumnReference time }] }
                when IsTime(time) => await ViewOptions.LengthAsync($"INTERVAL '1 {unit.Value}'", context, ct).ConfigureAwait(false),
            _ => null,
        };

        bool IsTime(ColumnReference reference) => reference.Parts[^1].Value == source.MinTimeColumn;
    }

    private static string? OnlyTime(Schema schema) =>
        schema.Fields.Where(f => f.Type == DataType.LakeTime).Select(f => f.Name).ToArray() is [var only] ? only : null;

    private bool HasAggregate(Expression expression) =>
        SqlEngine.CallsOf(expression).Any(c => c.Over is null && _functions.IsAggregate(c.Name.Last.Value));

    /// <summary>Whether every row of a FROM item comes from rows of the source.</summary>
    private static bool KeepsRowsOf(TableReference table, string source) => table switch
    {
        NamedTable named => TableName.Of(named.Name) == new TableName(source),
        ParenthesizedTable inner => KeepsRowsOf(inner.Inner, source),
        JoinedTable { Kind: JoinKind.Inner or JoinKind.Cross } join => KeepsRowsOf(join.Left, source) || KeepsRowsOf(join.Right, source),
        JoinedTable { Kind: JoinKind.Left or JoinKind.LeftSemi } join => KeepsRowsOf(join.Left, source),
        JoinedTable { Kind: JoinKind.Right or JoinKind.RightSemi } join => KeepsRowsOf(join.Right, source),
        _ => false,
    };

    private static bool IsConstant(Expression expression) => expression switch
    {
        Literal or TypedLiteral or IntervalLiteral => true,
        CastExpression cast => IsConstant(cast.Operand),
        UnaryExpression unary => IsConstant(unary.Operand),
        _ => false,
    };

    private static FunctionCall? FindWindow(SelectCore core) => core.Items.SelectMany(i => SqlEngine.CallsOf(i.Expression)).FirstOrDefault(c => c.Over is not null);

    private EngineException Error(SyntaxNode node, string what) => services.Unsupported(node, what);

    private EngineException CannotMerge(SyntaxNode node, string allowed) => services.Error(
        node, SqlState.FeatureNotSupported, "how to make the rows of several pieces one cannot be derived from this query",
        $"Derived can be {allowed}. Otherwise say it: WITH (merge = 'SELECT … FROM {{source}} GROUP BY …'), over the view's own columns.");
}
