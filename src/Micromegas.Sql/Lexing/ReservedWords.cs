namespace Micromegas.Sql.Lexing;

/// <summary>Which keywords may not stand, unquoted, where a name is looked for.</summary>
internal static class ReservedWords
{
    // END is a name, as upstream: thread spans have a column of that name.
    private static readonly bool[] s_expression = Mark(
        Keyword.All, Keyword.Select, Keyword.From, Keyword.Where, Keyword.Group, Keyword.Having, Keyword.Order, Keyword.Limit, Keyword.Union,
        Keyword.Intersect, Keyword.Except, Keyword.On, Keyword.Using, Keyword.Join, Keyword.As, Keyword.When, Keyword.Then, Keyword.Else,
        Keyword.And, Keyword.Or, Keyword.In, Keyword.Between, Keyword.Like, Keyword.Ilike, Keyword.Is, Keyword.Into,
        Keyword.Qualify, Keyword.Case, Keyword.With, Keyword.Inner, Keyword.Cross, Keyword.Natural, Keyword.Not, Keyword.Xor,
        Keyword.Distinct, Keyword.Table);

    private static readonly bool[] s_columnAlias = Mark(
        Keyword.With, Keyword.Select, Keyword.Where, Keyword.Group, Keyword.Sort, Keyword.Having, Keyword.Order, Keyword.Lateral,
        Keyword.Limit, Keyword.Offset, Keyword.Fetch, Keyword.Union, Keyword.Except, Keyword.Intersect, Keyword.Minus, Keyword.Cluster,
        Keyword.Distribute, Keyword.Returning, Keyword.From, Keyword.Into, Keyword.End, Keyword.Window, Keyword.Qualify, Keyword.Join,
        Keyword.Inner, Keyword.Cross, Keyword.Natural, Keyword.On, Keyword.Using, Keyword.As, Keyword.When, Keyword.Then, Keyword.Else,
        Keyword.And, Keyword.Or, Keyword.Xor, Keyword.In, Keyword.Between, Keyword.Like, Keyword.Ilike, Keyword.Is, Keyword.Not,
        Keyword.For, Keyword.Collate);

    private static readonly bool[] s_tableAlias = Mark(
        Keyword.With, Keyword.Select, Keyword.Where, Keyword.Group, Keyword.Sort, Keyword.Having, Keyword.Order, Keyword.Lateral,
        Keyword.Limit, Keyword.Offset, Keyword.Fetch, Keyword.Union, Keyword.Except, Keyword.Intersect, Keyword.Minus, Keyword.Cluster,
        Keyword.Distribute, Keyword.Returning, Keyword.From, Keyword.Into, Keyword.End, Keyword.Window, Keyword.Qualify, Keyword.Join,
        Keyword.Inner, Keyword.Cross, Keyword.Natural, Keyword.On, Keyword.Using, Keyword.As, Keyword.Full, Keyword.Left, Keyword.Right,
        Keyword.Semi, Keyword.Anti, Keyword.Asof, Keyword.Outer, Keyword.Pivot, Keyword.Unpivot, Keyword.Set, Keyword.For,
        Keyword.Tablesample, Keyword.MatchRecognize, Keyword.Global, Keyword.And, Keyword.Or, Keyword.Not, Keyword.Is, Keyword.In,
        Keyword.When, Keyword.Then, Keyword.Else, Keyword.Values, Keyword.To, Keyword.Like, Keyword.Default);

    private static readonly bool[] s_table = Mark(
        Keyword.Select, Keyword.From, Keyword.Where, Keyword.Group, Keyword.Having, Keyword.Order, Keyword.Limit, Keyword.Union,
        Keyword.Intersect, Keyword.Except, Keyword.On, Keyword.Using, Keyword.Join, Keyword.As, Keyword.Table, Keyword.With,
        Keyword.Inner, Keyword.Cross, Keyword.Natural, Keyword.And, Keyword.Or, Keyword.Not, Keyword.Set,
        Keyword.Case, Keyword.When, Keyword.Then, Keyword.Else, Keyword.End, Keyword.Qualify, Keyword.Into);

    /// <summary>Words that cannot start an expression as the name of a column or function.</summary>
    public static bool InExpression(Keyword keyword) => s_expression[(int)keyword];

    /// <summary>Words that cannot be a column alias without AS.</summary>
    public static bool AsColumnAlias(Keyword keyword) => s_columnAlias[(int)keyword];

    /// <summary>Words that cannot be a table alias without AS.</summary>
    public static bool AsTableAlias(Keyword keyword) => s_tableAlias[(int)keyword];

    /// <summary>Words that cannot be the name of a table.</summary>
    public static bool AsTable(Keyword keyword) => s_table[(int)keyword];

    private static bool[] Mark(params ReadOnlySpan<Keyword> keywords)
    {
        var marks = new bool[256];
        foreach (var keyword in keywords)
            marks[(int)keyword] = true;
        return marks;
    }
}
