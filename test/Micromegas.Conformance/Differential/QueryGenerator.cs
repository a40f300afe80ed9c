using static Micromegas.Conformance.Differential.SqlType;

namespace Micromegas.Conformance.Differential;

/// <summary>A generated statement.</summary>
/// <param name="Sql">Its text.</param>
/// <param name="IsOrdered">Whether the order of its rows is determined.</param>
internal sealed record FuzzStatement(SqlNode Sql, bool IsOrdered);

/// <summary>Random queries over the tables of <see cref="FuzzTable"/>, every clause that the three engines share.</summary>
internal sealed partial class QueryGenerator
{
    private readonly Random random;
    private readonly IReadOnlyList<FuzzTable> tables;
    private readonly ExpressionGenerator expressions;
    private int aliases;
    private bool mayDerive = true;

    public QueryGenerator(Random random, IReadOnlyList<FuzzTable> tables)
    {
        this.random = random;
        this.tables = tables;
        expressions = new ExpressionGenerator(random) { Queries = this };
    }

    public FuzzStatement Statement()
    {
        aliases = 0;
        switch (random.Next(17))
        {
            case 0:
                return new FuzzStatement(SetOperation(), false);
            case 1:
                return new FuzzStatement(CommonTable(), false);
            case 2:
                return new FuzzStatement(Recursion(), false);
            case 3 or 4 or 5:
                return new FuzzStatement(Grouped(), false);
            case 6 or 7:
                return new FuzzStatement(Windowed(), false);
            case 8:
                return Limited();
            case 9:
                return new FuzzStatement(DistinctOn(), true);
            case 10:
                return new FuzzStatement(Lateral(), false);
            case 11 or 12:
                return LimitedRows();
            default:
                return new FuzzStatement(Plain(AnyTypes(), random.Next(3) == 0), false);
        }
    }

    /// <summary>A condition on some table, for ternary partitioning: the table and the condition.</summary>
    public (SqlNode From, SqlNode Condition) Partition()
    {
        aliases = 0;
        var (from, scope) = From(random.Next(1, 3));
        return (from, expressions.Predicate(scope, 3));
    }

    public SqlNode Exists(IReadOnlyList<ScopeColumn> outer) => Nested(() =>
    {
        var (from, scope) = From(1);
        return SqlNode.Of(SqlType.Boolean, Pick("EXISTS (SELECT 1 FROM {0} WHERE {1})", "(NOT EXISTS (SELECT 1 FROM {0} WHERE {1}))"), from, Correlated(scope, outer));
    });

    public SqlNode In(IReadOnlyList<ScopeColumn> outer, SqlNode operand) => Nested(() =>
    {
        var (from, scope) = From(1);
        var where = random.Next(2) == 0 ? Correlated(scope, outer) : SqlNode.Of(SqlType.Boolean, "TRUE");
        return SqlNode.Of(SqlType.Boolean, Pick("({0} IN (SELECT {1} FROM {2} WHERE {3}))", "({0} NOT IN (SELECT {1} FROM {2} WHERE {3}))"), operand, expressions.Leaf(operand.Type, scope), from, where);
    });

    public SqlNode Quantified(IReadOnlyList<ScopeColumn> outer, SqlNode operand) => Nested(() =>
    {
        var (from, scope) = From(1);
        var where = random.Next(2) == 0 ? Correlated(scope, outer) : SqlNode.Of(SqlType.Boolean, "TRUE");
        return SqlNode.Of(
            SqlType.Boolean,
            $"({{0}} {Pick("<", ">", "=", "<>", ">=")} {Pick("ALL", "ANY")} (SELECT {{1}} FROM {{2}} WHERE {{3}}))",
            operand,
            expressions.Leaf(operand.Type, scope),
            from,
            where);
    });

    public SqlNode Scalar(IReadOnlyList<ScopeColumn> outer, SqlType type) => Nested(() =>
    {
        if (random.Next(2) == 0)
        {
            return Elaborate(outer, type);
        }
        var (from, scope) = From(1);
        return SqlNode.Of(
            type, $"(SELECT {Pick("max", "min")}({{0}}) FROM {{1}} WHERE {{2}})", expressions.Leaf(type, scope), from, Correlated(scope, outer));
    });

    private string Pick(params string[] choices) => expressions.Pick(choices);

    /// <summary>Makes a subquery, in which there are no further ones.</summary>
    private SqlNode Nested(Func<SqlNode> make) => WithoutSubqueries(() => WithoutDerived(make));

    private T WithoutDerived<T>(Func<T> make)
    {
        var kept = mayDerive;
        mayDerive = false;
        var made = make();
        mayDerive = kept;
        return made;
    }

    private SqlNode WithoutSubqueries(Func<SqlNode> make)
    {
        var kept = expressions.Queries;
        expressions.Queries = null;
        var made = make();
        expressions.Queries = kept;
        return made;
    }

    /// <summary>A condition of a subquery that mostly compares with the query around it.</summary>
    private SqlNode Correlated(IReadOnlyList<ScopeColumn> inner, IReadOnlyList<ScopeColumn> outer)
    {
        var condition = expressions.Predicate(inner, 1);
        var type = expressions.AnyType();
        var mine = inner.Where(column => column.Type == type).ToArray();
        var theirs = outer.Where(column => column.Type == type).ToArray();
        return mine.Length == 0 || theirs.Length == 0 || random.Next(4) == 0
            ? condition
            : SqlNode.Of(
                SqlType.Boolean,
                $"({{0}} {(random.Next(4) == 0 ? Pick("<", ">=") : "=")} {{1}} AND {{2}})",
                mine[random.Next(mine.Length)].Node,
                theirs[random.Next(theirs.Length)].Node,
                condition);
    }

    private SqlType[] AnyTypes() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => expressions.AnyType())];

    private (SqlNode From, List<ScopeColumn> Scope) Relation(string alias)
    {
        var scope = new List<ScopeColumn>();
        if (mayDerive && random.Next(8) == 0)
        {
            var types = AnyTypes();
            var columns = types.Select((type, i) => new ScopeColumn($"{alias}.c{i}", type));
            scope.AddRange(columns);
            var query = WithoutDerived(() => random.Next(3) == 0 ? Grouped(types) : Plain(types, random.Next(4) == 0));
            return (SqlNode.Text($"({{0}}) AS {alias}({string.Join(", ", types.Select(static (_, i) => $"c{i}"))})", query), scope);
        }
        var table = tables[random.Next(tables.Count)];
        scope.AddRange(table.Columns.Select(column => new ScopeColumn($"{alias}.{column.Name}", column.Type)));
        return (SqlNode.Text($"{table.Name} AS {alias}"), scope);
    }

    private (SqlNode From, List<ScopeColumn> Scope) From(int relations)
    {
        var (from, scope) = Relation($"r{aliases++}");
        for (var i = 1; i < relations; i++)
        {
            var (right, rightScope) = Relation($"r{aliases++}");
            var kind = Pick("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN");
            if (kind == "CROSS JOIN")
            {
                from = SqlNode.Text("{0} CROSS JOIN {1}", from, right);
            }
            else
            {
                var type = expressions.AnyType();
                var left = scope.Where(column => column.Type == type).ToArray();
                var match = rightScope.Where(column => column.Type == type).ToArray();
                var condition = left.Length == 0 || match.Length == 0
                    ? SqlNode.Of(SqlType.Boolean, "TRUE")
                    : SqlNode.Of(SqlType.Boolean, $"({{0}} {(kind == "FULL JOIN" || random.Next(5) > 0 ? "=" : Pick("<", ">=", "IS NOT DISTINCT FROM"))} {{1}})", left[random.Next(left.Length)].Node, match[random.Next(match.Length)].Node);
                if (random.Next(3) == 0)
                {
                    condition = SqlNode.Of(SqlType.Boolean, "({0} AND {1})", condition, WithoutSubqueries(() => expressions.Predicate([.. scope, .. rightScope], 1)));
                }
                else if (expressions.Queries is not null && random.Next(6) == 0)
                {
                    // DuckDB refuses most of these.
                    condition = SqlNode.Of(SqlType.Boolean, "({0} AND {1})", condition, Exists([.. scope, .. rightScope]));
                }
                from = SqlNode.Text($"{{0}} {kind} {{1}} ON {{2}}", from, right, condition);
            }
            scope.AddRange(rightScope);
        }
        return (from, scope);
    }

    private SqlNode Where(IReadOnlyList<ScopeColumn> scope) =>
        random.Next(3) == 0 ? SqlNode.Empty : SqlNode.Text(" WHERE {0}", expressions.Predicate(scope, 2)).Optional();

    private SqlNode Plain(SqlType[] types, bool distinct)
    {
        var (from, scope) = From(Relations());
        return SqlNode.Text(
            $"SELECT {(distinct ? "DISTINCT " : "")}{{0}} FROM {{1}}{{2}}",
            Items(types.Select(type => expressions.Expression(type, scope, 3))),
            from,
            Where(scope));
    }

    private int Relations() => random.Next(6) switch { 0 => 3, 1 or 2 => 2, _ => 1 };

    private static SqlNode Items(IEnumerable<SqlNode> items) => SqlNode.List(", ", items.Select(static (item, i) => SqlNode.Text($"{{0}} AS c{i}", item)));

    private SqlNode Grouped() => Grouped(null);

    private SqlNode Grouped(SqlType[]? types)
    {
        var (from, scope) = From(random.Next(4) == 0 ? 2 : 1);
        SqlNode[] keys = [.. Enumerable.Range(0, random.Next(types is null ? 4 : 1)).Select(_ => WithoutSubqueries(() => expressions.Expression(expressions.AnyType(), scope, random.Next(2))))];
        keys = [.. keys.Where(key => ReadsColumn(key, scope))];
        var isRollup = keys.Length > 1 && random.Next(4) == 0;
        if (isRollup)
        {
            // Of expressions that fold to a constant the engines disagree whether they are still the key.
            keys = [.. keys.Select(_ => scope[random.Next(scope.Count)].Node)];
        }
        var aggregates = types is null
            ? Enumerable.Range(0, random.Next(1, 4)).Select(_ => Aggregate(expressions.AnyType(), scope))
            : types.Select(type => Aggregate(type, scope));
        var by = SqlNode.Empty;
        if (keys.Length > 0)
        {
            var form = isRollup ? Pick(" GROUP BY ROLLUP ({0})", " GROUP BY CUBE ({0})") : " GROUP BY {0}";
            by = SqlNode.Text(form, SqlNode.Text(string.Join(", ", keys.Select(static (_, i) => $"{{{i}}}")), keys));
        }
        var having = random.Next(4) == 0 ? SqlNode.Text($" HAVING count(*) {Pick(">", "<=", "<>")} {random.Next(1, 5)}").Optional() : SqlNode.Empty;
        return SqlNode.Text("SELECT {0} FROM {1}{2}{3}{4}", Items([.. keys, .. aggregates]), from, WithoutSubqueries(() => Where(scope)), by, having);
    }

    /// <summary>Constants are no keys: the engines read them as ordinals, refuse them, or keep them where a grouping set leaves a key out.</summary>
    private static bool ReadsColumn(SqlNode expression, IReadOnlyList<ScopeColumn> scope)
    {
        var text = expression.Write(Dialect.Micromegas);
        return scope.Any(column => text.Contains(column.Text, StringComparison.Ordinal));
    }

    private SqlNode Aggregate(SqlType type, IReadOnlyList<ScopeColumn> scope)
    {
        SqlNode Argument(SqlType of) => WithoutSubqueries(() => expressions.Expression(of, scope, random.Next(3)));
        var distinct = random.Next(4) == 0 ? "DISTINCT " : "";
        var filter = random.Next(5) == 0 ? SqlNode.Text(" FILTER (WHERE {0})", WithoutSubqueries(() => expressions.Predicate(scope, 1))).Optional() : SqlNode.Empty;
        return type switch
        {
            SqlType.Boolean => SqlNode.Of(type, $"{Pick("bool_and", "bool_or")}({{0}}){{1}}", Argument(type), filter),
            Integer => random.Next(5) switch
            {
                0 => SqlNode.Of(type, "count(*){0}", filter),
                1 => SqlNode.Of(type, $"count({distinct}{{0}}){{1}}", Argument(expressions.AnyType()), filter),
                2 => SqlNode.Spelled(type, $"sum({distinct}{{0}}){{1}}", $"CAST(sum({distinct}{{0}}){{1}} AS BIGINT)", $"CAST(sum({distinct}{{0}}){{1}} AS BIGINT)", expressions.Small(scope), filter),
                _ => SqlNode.Of(type, $"{Pick("min", "max")}({{0}}){{1}}", Argument(type), filter),
            },
            SqlType.Double => random.Next(5) switch
            {
                0 => SqlNode.Of(type, $"CAST(avg({distinct}{{0}}){{1}} AS DOUBLE PRECISION)", expressions.Small(scope), filter),
                1 => SqlNode.Of(type, $"CAST({Pick("stddev_samp", "stddev_pop", "var_samp", "var_pop")}({{0}}){{1}} AS DOUBLE PRECISION)", SqlNode.Of(SqlType.Double, "CAST({0} AS DOUBLE PRECISION)", expressions.Small(scope)), filter),
                2 => SqlNode.Of(type, $"sum({distinct}{{0}}){{1}}", expressions.Moderate(scope), filter),
                3 => SqlNode.Of(type, "max({0}){1}", expressions.Moderate(scope), filter),
                _ => SqlNode.Of(type, "min({0}){1}", Argument(type), filter),
            },
            SqlType.Decimal => SqlNode.Of(type, $"{Pick("min", "max", "sum")}({{0}}){{1}}", Argument(type), filter),
            SqlType.Text when random.Next(3) == 0 && Argument(type) is var text && ReadsColumn(text, scope) => SqlNode.Of(type, "string_agg({0}, ',' ORDER BY {0}){1}", text, filter),
            _ => SqlNode.Of(type, $"{Pick("min", "max")}({{0}}){{1}}", Argument(type), filter),
        };
    }

    private SqlNode Windowed()
    {
        var (from, scope) = From(1);
        var id = scope.Find(static column => column.Text.EndsWith(".id", StringComparison.Ordinal));
        if (id is null)
        {
            return Grouped();
        }
        var items = new List<SqlNode> { id.Node };
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            items.Add(WithoutSubqueries(() => Window(scope, id)));
        }
        return SqlNode.Text("SELECT {0} FROM {1}{2}", Items(items), from, Where(scope));
    }

    private SqlNode Window(IReadOnlyList<ScopeColumn> scope, ScopeColumn id)
    {
        var partition = random.Next(3) == 0 ? SqlNode.Empty : SqlNode.Text("PARTITION BY {0} ", expressions.Leaf(expressions.AnyType(), scope)).Optional();
        var nulls = Pick(" NULLS FIRST", " NULLS LAST");
        var keyType = Pick("i", "x") == "i" ? Integer : SqlType.Double;
        var range = scope.FirstOrDefault(column => column.Type == keyType && (column.Text.EndsWith(".a", StringComparison.Ordinal) || column.Text.EndsWith(".x", StringComparison.Ordinal))) ?? id;
        var total = SqlNode.Text($"ORDER BY {{0}}{Pick("", " DESC")}{nulls}, {{1}}", expressions.Leaf(expressions.AnyType(), scope), id.Node);
        var peers = SqlNode.Text($"ORDER BY {{0}}{Pick("", " DESC")}{nulls}", expressions.Leaf(expressions.AnyType(), scope));
        SqlNode Over(SqlType type, string call, SqlNode order, SqlNode frame, params SqlNode[] arguments) =>
            new(type, [$"{call} OVER ({{{arguments.Length}}}{{{arguments.Length + 1}}}{{{arguments.Length + 2}}})"], [.. arguments, partition, order, frame]);
        var any = expressions.AnyType();
        var argument = expressions.Expression(any, scope, 1);
        switch (random.Next(9))
        {
            case 0:
                return Over(Integer, "row_number()", total, SqlNode.Empty);
            case 1:
                return Over(Integer, Pick("rank()", "dense_rank()"), peers, SqlNode.Empty);
            case 2:
                return Over(SqlType.Double, Pick("percent_rank()", "cume_dist()"), peers, SqlNode.Empty);
            case 3:
                return Over(Integer, $"ntile({random.Next(1, 6)})", total, SqlNode.Empty);
            case 4:
                return Over(any, $"{Pick("lag", "lead")}({{0}}, {random.Next(0, 4)})", total, SqlNode.Empty, argument);
            case 5:
                return Over(any, Pick("first_value({0})", "last_value({0})", "nth_value({0}, 2)"), total, RowsFrame(), argument);
            case 6:
                return random.Next(4) == 0
                    ? SqlNode.Of(Integer, "CAST({0} AS BIGINT)", Over(SqlType.None, "sum({0})", total, RowsFrame(), expressions.Small(scope)))
                    : Over(Integer, Pick("count({0})", "min({0})", "max({0})"), total, RowsFrame(), expressions.Small(scope));
            case 7:
                var frame = SqlNode.Text($" RANGE BETWEEN {random.Next(0, 4)} PRECEDING AND {Pick("CURRENT ROW", "3 FOLLOWING", "UNBOUNDED FOLLOWING")}{Exclusion()}");
                return Over(Integer, "count({0})", SqlNode.Text($"ORDER BY {{0}}{Pick("", " DESC")}{nulls}", range.Node), frame, argument);
            default:
                return Over(any, any == SqlType.Boolean ? Pick("bool_and({0})", "bool_or({0})") : any == SqlType.Double ? "min({0})" : Pick("min({0})", "max({0})"), peers, SqlNode.Text($" GROUPS BETWEEN {random.Next(0, 3)} PRECEDING AND {random.Next(0, 3)} FOLLOWING{Exclusion()}").Optional(), argument);
        }
    }

    private string Exclusion() => Pick("", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES");

    private SqlNode RowsFrame() => random.Next(3) == 0
        ? SqlNode.Empty
        : SqlNode.Text($" ROWS BETWEEN {Pick("UNBOUNDED PRECEDING", "3 PRECEDING", "CURRENT ROW", "1 FOLLOWING")} AND {Pick("1 FOLLOWING", "UNBOUNDED FOLLOWING", "2 FOLLOWING")}{Exclusion()}").Optional();

    private FuzzStatement Limited()
    {
        var (from, scope) = From(1);
        var ids = scope.Where(static column => column.Text.EndsWith(".id", StringComparison.Ordinal)).ToArray();
        if (ids.Length == 0)
        {
            return new FuzzStatement(Grouped(), false);
        }
        var key = WithoutSubqueries(() => expressions.Expression(expressions.AnyType(), scope, 1));
        var keyed = ReadsColumn(key, scope) ? key : ids[0].Node;
        return new FuzzStatement(
            SqlNode.Text(
                $"SELECT {{0}} FROM {{1}}{{2}} ORDER BY {{3}}{Pick(" ASC", " DESC")}{Pick(" NULLS FIRST", " NULLS LAST")}, {{4}}{{5}}",
                Items([ids[0].Node, keyed, .. AnyTypes().Select(type => expressions.Expression(type, scope, 2))]),
                from,
                Where(scope),
                keyed,
                ids[0].Node,
                SqlNode.Text($" LIMIT {random.Next(0, 30)}{(random.Next(2) == 0 ? $" OFFSET {random.Next(0, 20)}" : "")}").Optional()),
            true);
    }

    private SqlNode DistinctOn()
    {
        var table = tables[random.Next(2)];
        var scope = table.Columns.Select(static column => new ScopeColumn($"r.{column.Name}", column.Type)).ToList();
        var key = scope[random.Next(1, scope.Count)];
        return SqlNode.Text(
            $"SELECT DISTINCT ON ({key.Text}) {{0}} FROM {table.Name} AS r{{1}} ORDER BY {key.Text} NULLS LAST, r.w{Pick("", " DESC")} NULLS LAST, r.id",
            Items([key.Node, .. AnyTypes().Select(type => WithoutSubqueries(() => expressions.Expression(type, scope, 1)))]),
            WithoutSubqueries(() => Where(scope)));
    }

    private SqlNode SetOperation()
    {
        var types = AnyTypes();
        return WithoutDerived(() =>
        {
            var query = Plain(types, false);
            for (var i = random.Next(1, 3); i > 0; i--)
            {
                query = SqlNode.Text($"({{0}}) {Pick("UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL")} ({{1}})", query, Plain(types, false));
            }
            return query;
        });
    }

    private SqlNode CommonTable()
    {
        var types = AnyTypes();
        var query = WithoutDerived(() => random.Next(2) == 0 ? Plain(types, false) : Grouped(types));
        var columns = types.Select(static (type, i) => new ScopeColumn($"v.c{i}", type)).ToList();
        var (from, scope) = From(1);
        var type = types[random.Next(types.Length)];
        var mine = columns.Find(column => column.Type == type)!;
        scope.AddRange(columns);
        return SqlNode.Text(
            $"WITH v({string.Join(", ", types.Select(static (_, i) => $"c{i}"))}) AS ({{0}}) SELECT {{1}} FROM {{2}} {Pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")} v ON {{3}} = {mine.Text}{{4}}",
            query,
            Items(AnyTypes().Select(item => expressions.Expression(item, scope, 2))),
            from,
            expressions.Leaf(type, scope.Where(column => !column.Text.StartsWith("v.", StringComparison.Ordinal)).ToList()),
            Where(scope));
    }

    private SqlNode Recursion()
    {
        var (from, scope) = From(1);
        return SqlNode.Text(
            $"WITH RECURSIVE v(i, j) AS (SELECT CAST({{0}} AS BIGINT), CAST(1 AS BIGINT) FROM {{1}} {Pick("UNION", "UNION ALL")} SELECT (i * 3 + 1) % {random.Next(5, 40)}, j + 1 FROM v WHERE j < {random.Next(2, 6)}) SELECT i, j, count(*) FROM v GROUP BY i, j",
            expressions.Small(scope),
            from);
    }
}
