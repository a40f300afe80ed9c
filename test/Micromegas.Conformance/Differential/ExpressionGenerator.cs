using static Micromegas.Conformance.Differential.SqlType;

namespace Micromegas.Conformance.Differential;

/// <summary>A column that an expression may name.</summary>
internal sealed record ScopeColumn(string Text, SqlType Type)
{
    public SqlNode Node => SqlNode.Of(Type, Text);
}

/// <summary>
/// Random expressions that mean the same in the three engines: no overflow, no division by zero, no rounding of floats to integers, no text of floats and
/// no negative zero, about which the engines differ by design.
/// </summary>
internal sealed class ExpressionGenerator(Random random)
{
    public static SqlType[] Types { get; } = [SqlType.Boolean, Integer, SqlType.Double, SqlType.Decimal, SqlType.Text, Date, Timestamp];

    /// <summary>Makes queries for EXISTS, IN and scalar subqueries; null inside of them.</summary>
    public QueryGenerator? Queries { get; set; }

    public SqlType AnyType() => Types[random.Next(Types.Length)];

    public SqlNode Expression(SqlType type, IReadOnlyList<ScopeColumn> scope, int depth)
    {
        if (depth <= 0 || random.Next(4) == 0)
        {
            return Leaf(type, scope);
        }
        SqlNode Kid(SqlType of) => Expression(of, scope, depth - 1);
        switch (random.Next(12))
        {
            case 0:
                return SqlNode.Of(type, "CASE WHEN {0} THEN {1} ELSE {2} END", Kid(SqlType.Boolean), Kid(type), Kid(type));
            case 1:
                return SqlNode.Of(type, "coalesce({0}, {1})", Kid(type), Kid(type));
            case 2:
                return SqlNode.Of(type, "nullif({0}, {1})", Kid(type), Kid(type));
            case 3 when type is not SqlType.Boolean:
                return SqlNode.Of(type, random.Next(2) == 0 ? "greatest({0}, {1})" : "least({0}, {1})", Kid(type), Kid(type));
            case 4:
                return SqlNode.Of(type, "CASE {0} WHEN {1} THEN {2} END", Kid(Integer), Kid(Integer), Kid(type));
        }
        return type switch
        {
            SqlType.Boolean => Predicate(scope, depth),
            Integer => IntegerOf(scope, depth),
            SqlType.Double => DoubleOf(scope, depth),
            SqlType.Decimal => random.Next(2) == 0
                ? SqlNode.Of(type, "({0} + {1})", Leaf(type, scope), Leaf(type, scope))
                : SqlNode.Of(type, "({0} - {1})", Leaf(type, scope), Leaf(type, scope)),
            SqlType.Text => TextOf(scope, depth),
            Date => SqlNode.Of(type, "CAST({0} AS DATE)", Kid(Timestamp)),
            _ => random.Next(4) switch
            {
                0 => SqlNode.Of(type, $"date_trunc('{Pick("hour", "day", "week", "month", "quarter", "year", "minute", "second")}', {{0}})", Kid(type)),
                1 => SqlNode.Of(type, $"({{0}} + INTERVAL '{random.Next(1, 40)} {Pick("day", "hour", "minute", "month")}')", Leaf(type, scope)),
                2 => SqlNode.Of(type, $"({{0}} - INTERVAL '{random.Next(1, 40)} {Pick("day", "hour", "second", "month")}')", Leaf(type, scope)),
                _ => SqlNode.Of(type, "CAST({0} AS TIMESTAMP)", Kid(Date)),
            },
        };
    }

    /// <summary>A condition.</summary>
    public SqlNode Predicate(IReadOnlyList<ScopeColumn> scope, int depth)
    {
        SqlNode Kid(SqlType of) => Expression(of, scope, depth - 1);
        var type = AnyType();
        switch (random.Next(Queries is null ? 11 : 14))
        {
            case 0:
                return SqlNode.Of(SqlType.Boolean, "({0} AND {1})", Kid(SqlType.Boolean), Kid(SqlType.Boolean));
            case 1:
                return SqlNode.Of(SqlType.Boolean, "({0} OR {1})", Kid(SqlType.Boolean), Kid(SqlType.Boolean));
            case 2:
                return SqlNode.Of(SqlType.Boolean, "(NOT {0})", Kid(SqlType.Boolean));
            case 3:
                return SqlNode.Of(SqlType.Boolean, Pick("({0} IS NULL)", "({0} IS NOT NULL)"), Kid(type));
            case 4:
                return SqlNode.Of(SqlType.Boolean, Pick("({0} BETWEEN {1} AND {2})", "({0} NOT BETWEEN {1} AND {2})"), Kid(type), Kid(type), Kid(type));
            case 5:
                return SqlNode.Of(
                    SqlType.Boolean,
                    Pick("({0} IN ({1}))", "({0} NOT IN ({1}))"),
                    Kid(type),
                    SqlNode.List(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(8) == 0 ? SqlNode.Text("NULL") : Kid(type))));
            case 6:
                return SqlNode.Of(SqlType.Boolean, Pick("({0} IS DISTINCT FROM {1})", "({0} IS NOT DISTINCT FROM {1})"), Kid(type), Kid(type));
            case 7:
                return SqlNode.Of(SqlType.Boolean, Pick("({0} LIKE '{1}')", "({0} NOT LIKE '{1}')", "({0} ILIKE '{1}')"), Kid(SqlType.Text), SqlNode.Text(Pick("a%", "%b", "%", "_b%", "x1_", "", "%ä%", "ab", "b_", "%1%", "__")));
            case 8:
                var pattern = Pick("^a", "b$", "[0-9]+", "^.b", "c|d", "x1?0", "^$", "(a|b)+c?$");
                return SqlNode.Spelled(SqlType.Boolean, $"({{0}} ~ '{pattern}')", $"regexp_matches({{0}}, '{pattern}')", $"({{0}} ~ '{pattern}')", Kid(SqlType.Text));
            case 9:
                return SqlNode.Of(SqlType.Boolean, Pick("({0} IS TRUE)", "({0} IS NOT TRUE)", "({0} IS FALSE)", "({0} IS NOT FALSE)"), Kid(SqlType.Boolean));
            case 11:
                return Queries!.Exists(scope);
            case 12:
                return Queries!.In(scope, Leaf(type, scope));
            case 13:
                return Queries!.Quantified(scope, Leaf(type, scope));
            default:
                return SqlNode.Of(SqlType.Boolean, $"({{0}} {Pick("=", "<>", "<", "<=", ">", ">=")} {{1}})", Kid(type), Kid(type));
        }
    }

    public SqlNode Leaf(SqlType type, IReadOnlyList<ScopeColumn> scope)
    {
        var columns = scope.Where(column => column.Type == type).ToArray();
        return columns.Length > 0 && random.Next(5) > 0 ? columns[random.Next(columns.Length)].Node : Literal(type);
    }

    public SqlNode Literal(SqlType type) => SqlNode.Of(type, type switch
    {
        SqlType.Boolean => Pick("TRUE", "FALSE"),
        Integer => random.Next(8) == 0 ? Pick("9223372036854775807", "2147483647", "-32768", "1000000007") : $"{random.Next(-3, 15)}",
        SqlType.Double => Pick("0.5E0", "-2.25E0", "7.125E0", "1E3", "-0.125E0"),
        SqlType.Decimal => $"CAST('{random.Next(-9, 20)}.{random.Next(10, 99)}' AS DECIMAL(12, 2))",
        SqlType.Text => $"'{Pick("", "a", "ab", "b", "zz", "x1", "Ä", "END", "日本語", " ")}'",
        Date => $"DATE '{FuzzTable.Day(random.Next(18_995, 19_035))}'",
        _ => $"TIMESTAMP '{FuzzTable.Instant((19_000L * 86_400_000_000) + (random.Next(0, 40 * 24) * 3_600_000_000L))}'",
    });

    public string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    /// <summary>A whole number that is small whatever the columns hold.</summary>
    public SqlNode Small(IReadOnlyList<ScopeColumn> scope)
    {
        var columns = scope.Where(static column => column.Type == Integer).ToArray();
        return columns.Length > 0 && random.Next(4) > 0
            ? SqlNode.Of(Integer, "({0} % 1000)", columns[random.Next(columns.Length)].Node)
            : SqlNode.Of(Integer, $"{random.Next(1, 20)}");
    }

    /// <summary>A float whose sums are the same in any order.</summary>
    public SqlNode Moderate(IReadOnlyList<ScopeColumn> scope)
    {
        var columns = scope.Where(static column => column.Text.EndsWith(".x", StringComparison.Ordinal)).ToArray();
        return columns.Length > 0 ? columns[random.Next(columns.Length)].Node : SqlNode.Of(SqlType.Double, "1.5E0");
    }

    private SqlNode IntegerOf(IReadOnlyList<ScopeColumn> scope, int depth)
    {
        SqlNode Kid(SqlType of) => Expression(of, scope, depth - 1);
        switch (random.Next(11))
        {
            case 0:
                return SqlNode.Of(Integer, $"({{0}} {Pick("+", "-", "*")} {{1}})", Small(scope), Small(scope));
            case 1:
                return SqlNode.Spelled(Integer, "({0} / {1})", "({0} // {1})", "({0} / {1})", Small(scope), SqlNode.Text($"{random.Next(1, 9)}"));
            case 2:
                return SqlNode.Of(Integer, $"({{0}} % {random.Next(1, 9)})", Kid(Integer));
            case 3:
                return SqlNode.Of(Integer, "length({0})", Kid(SqlType.Text));
            case 4:
                return SqlNode.Of(Integer, "strpos({0}, {1})", Kid(SqlType.Text), SqlNode.Of(SqlType.Text, $"'{Pick("a", "b", "1", "ä", "本", "zz")}'"));
            case 5:
                return SqlNode.Of(Integer, $"CAST(extract({Pick("year", "month", "day", "hour", "minute", "quarter", "doy", "week", "dow", "isodow")} FROM {{0}}) AS BIGINT)", Kid(Timestamp));
            case 6:
                return SqlNode.Of(Integer, "abs({0})", Small(scope));
            case 7:
                return SqlNode.Of(Integer, $"({{0}} {Pick("&", "|")} {{1}})", SqlNode.Of(Integer, "abs({0})", Small(scope)), SqlNode.Of(Integer, $"{random.Next(0, 64)}"));
            case 8:
                return SqlNode.Of(Integer, "CAST({0} AS INTEGER)", Kid(SqlType.Boolean));
            case 9 when Queries is not null:
                return Queries.Scalar(scope, Integer);
            default:
                return SqlNode.Of(Integer, "ascii({0})", Kid(SqlType.Text));
        }
    }

    private SqlNode DoubleOf(IReadOnlyList<ScopeColumn> scope, int depth)
    {
        SqlNode Kid(SqlType of) => Expression(of, scope, depth - 1);
        return random.Next(7) switch
        {
            0 => SqlNode.Of(SqlType.Double, "CAST({0} AS DOUBLE PRECISION)", Kid(Integer)),
            1 => SqlNode.Of(SqlType.Double, "CAST({0} AS DOUBLE PRECISION)", Kid(SqlType.Decimal)),
            2 => SqlNode.Of(SqlType.Double, "abs({0})", Kid(SqlType.Double)),
            3 => SqlNode.Of(SqlType.Double, "sqrt(CAST({0} AS DOUBLE PRECISION))", SqlNode.Of(Integer, "abs({0})", Small(scope))),
            4 => SqlNode.Of(SqlType.Double, "({0} + 3000.5)", Leaf(SqlType.Double, scope)),
            5 => SqlNode.Of(SqlType.Double, "({0} / 4.0E0)", Leaf(SqlType.Double, scope)),
            _ => SqlNode.Of(SqlType.Double, $"{Pick("floor", "ceil")}({{0}} + 5000.5E0)", Leaf(SqlType.Double, scope)),
        };
    }

    private SqlNode TextOf(IReadOnlyList<ScopeColumn> scope, int depth)
    {
        SqlNode Kid(SqlType of) => Expression(of, scope, depth - 1);
        var letters = SqlNode.Of(SqlType.Text, $"'{Pick("a", "b", "1", "ä", "zz", " ")}'");
        return random.Next(17) switch
        {
            0 => SqlNode.Of(SqlType.Text, "({0} || {1})", Kid(SqlType.Text), Kid(SqlType.Text)),
            1 => SqlNode.Of(SqlType.Text, "upper({0})", Ascii(scope)),
            2 => SqlNode.Of(SqlType.Text, "lower({0})", Ascii(scope)),
            3 => SqlNode.Of(SqlType.Text, $"substr({{0}}, {random.Next(1, 6)}, {random.Next(0, 5)})", Kid(SqlType.Text)),
            4 => SqlNode.Of(SqlType.Text, "replace({0}, {1}, {2})", Kid(SqlType.Text), letters, Kid(SqlType.Text)),
            5 => SqlNode.Of(SqlType.Text, $"{Pick("trim", "ltrim", "rtrim")}({{0}})", Ascii(scope)),
            6 => SqlNode.Of(SqlType.Text, $"{Pick("left", "right")}({{0}}, {random.Next(0, 5)})", Kid(SqlType.Text)),
            7 => SqlNode.Of(SqlType.Text, $"{Pick("lpad", "rpad")}({{0}}, {random.Next(0, 12)}, 'xy')", Kid(SqlType.Text)),
            8 => SqlNode.Of(SqlType.Text, "reverse({0})", Ascii(scope)),
            9 => SqlNode.Of(SqlType.Text, $"repeat({{0}}, {random.Next(0, 4)})", Kid(SqlType.Text)),
            10 => SqlNode.Of(SqlType.Text, "CAST({0} AS VARCHAR)", Kid(Integer)),
            11 => SqlNode.Of(SqlType.Text, "CAST({0} AS VARCHAR)", Kid(Date)),
            12 => SqlNode.Of(SqlType.Text, "concat({0}, {1})", Kid(SqlType.Text), Kid(SqlType.Text)),
            13 => SqlNode.Of(SqlType.Text, $"split_part({{0}}, {{1}}, {random.Next(1, 4)})", Kid(SqlType.Text), letters),
            14 => SqlNode.Of(SqlType.Text, "translate({0}, 'abc1', 'xy')", Kid(SqlType.Text)),
            15 => SqlNode.Of(SqlType.Text, "md5({0})", Kid(SqlType.Text)),
            _ => SqlNode.Of(SqlType.Text, "concat_ws('-', {0}, {1}, {2})", Kid(SqlType.Text), Kid(SqlType.Text), letters),
        };
    }

    /// <summary>A text of plain letters: engines fold and trim others differently.</summary>
    private SqlNode Ascii(IReadOnlyList<ScopeColumn> scope)
    {
        var columns = scope.Where(static column => column.Type == SqlType.Text && !column.Text.EndsWith('u')).ToArray();
        return columns.Length > 0 ? columns[random.Next(columns.Length)].Node : SqlNode.Of(SqlType.Text, "' some Text '");
    }
}
