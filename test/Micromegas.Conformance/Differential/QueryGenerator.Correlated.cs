using static Micromegas.Conformance.Differential.SqlType;

namespace Micromegas.Conformance.Differential;

/// <summary>Queries that read the query around them in more than a condition, and limits above joins and set operations.</summary>
internal sealed partial class QueryGenerator
{
    /// <summary>A subquery with an order, a window, a set operation, a join or a recursion inside, for each row of the query around it.</summary>
    private SqlNode Elaborate(IReadOnlyList<ScopeColumn> outer, SqlType type)
    {
        var (from, scope) = From(1);
        var where = Correlated(scope, outer);
        var id = scope.Find(static column => column.Text.EndsWith(".id", StringComparison.Ordinal));
        if (id is null)
        {
            return SqlNode.Of(type, "(SELECT max({0}) FROM {1} WHERE {2})", expressions.Leaf(type, scope), from, where);
        }
        switch (random.Next(type == Integer ? 7 : 2))
        {
            case 0:
                return SqlNode.Of(
                    type,
                    $"(SELECT {{0}} FROM {{1}} WHERE {{2}} ORDER BY coalesce({{3}}, {{3}}) {Pick("", "DESC")} {Pick("NULLS FIRST", "NULLS LAST")}, {{4}} LIMIT 1{Pick("", " OFFSET 1", " OFFSET 3")})",
                    expressions.Leaf(type, scope), from, where, expressions.Leaf(Sortable(), scope), id.Node);
            case 1:
                return SqlNode.Of(
                    type,
                    $"(SELECT {Pick("min", "max")}(q.v) FROM (SELECT {{0}} AS v FROM {{1}} WHERE {{2}} ORDER BY {{3}} LIMIT {random.Next(1, 5)}) AS q)",
                    expressions.Leaf(type, scope), from, where, id.Node);
            case 2:
                return SqlNode.Of(
                    type,
                    $"(SELECT CAST(sum(q.v) AS BIGINT) FROM (SELECT {Pick("rank()", "row_number()", "dense_rank()")} OVER (PARTITION BY {{0}} ORDER BY {{1}} NULLS LAST, {{2}}) AS v FROM {{3}} WHERE {{4}}) AS q)",
                    expressions.Leaf(Sortable(), scope), expressions.Leaf(Sortable(), [.. scope, .. outer]), id.Node, from, where);
            case 3:
                var (other, otherScope) = From(1);
                var item = Sortable();
                return SqlNode.Of(
                    type,
                    $"(SELECT count(*) FROM (SELECT {{0}} AS v FROM {{1}} WHERE {{2}} {Pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT", "EXCEPT ALL", "INTERSECT ALL")} SELECT {{3}} FROM {{4}} WHERE {{5}}) AS q)",
                    expressions.Leaf(item, scope), from, where, expressions.Leaf(item, otherScope), other, Correlated(otherScope, outer));
            case 4:
                var (joined, joinedScope) = From(1);
                return SqlNode.Of(
                    type, $"(SELECT count({{0}}) FROM {{1}} {Pick("LEFT JOIN", "RIGHT JOIN", "JOIN")} {{2}} ON {{3}})",
                    expressions.Leaf(AnySortable(), joinedScope), from, joined, Correlated([.. scope, .. joinedScope], outer));
            case 5:
                return SqlNode.Of(
                    type,
                    $"(WITH RECURSIVE z(i, j) AS (SELECT CAST({{0}} AS BIGINT), CAST(0 AS BIGINT) {Pick("UNION", "UNION ALL")} SELECT (z.i * 3 + 1) % 17, z.j + 1 FROM z WHERE z.j < abs({{1}} % 4)) SELECT CAST(sum(i + j) AS BIGINT) FROM z)",
                    expressions.Small(outer), expressions.Small(outer));
            default:
                return SqlNode.Of(
                    type, $"(SELECT count(*) FROM (SELECT {{0}} AS v, {Pick("count(*)", "min({1})", "max({1})")} AS w FROM {{2}} WHERE {{3}} GROUP BY {{0}}) AS q)",
                    SqlNode.Of(Integer, "({0} % 3)", id.Node), expressions.Leaf(AnySortable(), scope), from, where);
        }
    }

    /// <summary>A type whose order is the same in all engines.</summary>
    private SqlType Sortable() => random.Next(3) == 0 ? Date : Integer;

    private SqlType AnySortable() => random.Next(3) switch { 0 => SqlType.Text, 1 => Timestamp, _ => Integer };

    /// <summary>Rows beside what LATERAL computes for each.</summary>
    private SqlNode Lateral()
    {
        var (from, scope) = From(1);
        var type = AnySortable();
        var inner = Nested(() => Elaborate(scope, Integer));
        var (right, rightScope) = WithoutDerived(() => From(1));
        var where = WithoutSubqueries(() => Correlated(rightScope, scope));
        var id = rightScope.Find(static column => column.Text.EndsWith(".id", StringComparison.Ordinal));
        var order = id is null ? SqlNode.Empty : SqlNode.Text($" ORDER BY {{0}}{Pick("", " DESC")} LIMIT {random.Next(1, 4)}", id.Node).Optional();
        scope.Add(new ScopeColumn("l.v", type));
        var (kind, on) = random.Next(2) == 0 ? ("CROSS JOIN LATERAL", "") : ("LEFT JOIN LATERAL", " ON TRUE");
        return SqlNode.Text(
            $"SELECT {{0}}, {{1}} AS k FROM {{2}} {kind} (SELECT {{3}} AS v FROM {{4}} WHERE {{5}}{{6}}) AS l{on}",
            Items(AnyTypes().Select(item => WithoutSubqueries(() => expressions.Expression(item, scope, 1)))),
            inner,
            from,
            expressions.Leaf(type, rightScope),
            right,
            where,
            order);
    }

    /// <summary>The first rows of a join or of a set operation, in an order of all columns.</summary>
    private FuzzStatement LimitedRows()
    {
        var limit = SqlNode.Text($" LIMIT {random.Next(0, 30)}{(random.Next(2) == 0 ? $" OFFSET {random.Next(0, 10)}" : "")}").Optional();
        if (random.Next(2) == 0)
        {
            SqlType[] types = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Sortable())];
            var order = string.Join(", ", types.Select((_, i) => $"c{i}{Pick("", " DESC")}{Pick(" NULLS FIRST", " NULLS LAST")}"));
            var operation = WithoutDerived(() => SqlNode.Text(
                $"({{0}}) {Pick("UNION ALL", "UNION ALL", "UNION", "EXCEPT", "INTERSECT")} ({{1}})", Plain(types, false), Plain(types, false)));
            return new FuzzStatement(SqlNode.Text($"SELECT * FROM ({{0}}) AS s ORDER BY {order}{{1}}", operation, limit), true);
        }
        var (left, leftScope) = WithoutDerived(() => From(1));
        var (right, rightScope) = WithoutDerived(() => From(1));
        var (leftId, rightId) = (leftScope[0], rightScope[0]);
        var key = WithoutSubqueries(() => expressions.Leaf(Sortable(), random.Next(3) == 0 ? [.. leftScope, .. rightScope] : leftScope));
        if (!ReadsColumn(key, [.. leftScope, .. rightScope]))
        {
            key = leftId.Node;
        }
        return new FuzzStatement(
            SqlNode.Text(
                $"SELECT {{0}} FROM {{1}} {Pick("LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "JOIN")} {{2}} ON {{3}} ORDER BY {{4}}{Pick("", " DESC")}{Pick(" NULLS FIRST", " NULLS LAST")}, {{5}} NULLS LAST, {{6}} NULLS LAST{{7}}",
                Items([leftId.Node, rightId.Node, key, .. AnyTypes().Select(type => expressions.Expression(type, [.. leftScope, .. rightScope], 1))]),
                left,
                right,
                WithoutSubqueries(() => Correlated(rightScope, leftScope)),
                key,
                leftId.Node,
                rightId.Node,
                limit),
            true);
    }
}
