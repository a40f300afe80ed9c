using System.Runtime.CompilerServices;
using Micromegas.Engine.Catalog;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Finds the tables and functions that a statement names, anywhere in it, so that they can be looked up before binding.</summary>
internal static class TableReferences
{
    /// <summary>The names of all tables, common table expressions included.</summary>
    public static HashSet<TableName> Names(SyntaxNode node) => [.. All(node)];

    /// <summary>The same, each as often as the statement names it.</summary>
    public static IEnumerable<TableName> All(SyntaxNode node) => Descendants(node).Select(static part => part switch
    {
        NamedTable table => TableName.Of(table.Name),
        TableExpression table => TableName.Of(table.Name),
        _ => null,
    }).OfType<TableName>();

    /// <summary>All calls of scalar, aggregate and window functions.</summary>
    public static IEnumerable<FunctionCall> Calls(SyntaxNode node) => Descendants(node).OfType<FunctionCall>();

    /// <summary>All calls of table functions.</summary>
    public static IEnumerable<TableFunctionCall> Functions(SyntaxNode node) => Descendants(node).OfType<TableFunctionCall>();

    private static List<SyntaxNode> Descendants(SyntaxNode node)
    {
        var found = new List<SyntaxNode>();
        Collect(node, found);
        return found;
    }

    private static void Collect(SyntaxNode? node, List<SyntaxNode> found)
    {
        if (node is null)
        {
            return;
        }
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new EngineException("54001", $"The statement is nested too deeply at offset {node.Span.Start}.");
        }
        // Chains of operators and unions are long along their left side: go down there by a loop.
        while (true)
        {
            switch (node)
            {
                case BinaryExpression binary:
                    Collect(binary.Right, found);
                    node = binary.Left;
                    continue;
                case SetOperation operation:
                    Collect(operation.Right, found);
                    node = operation.Left;
                    continue;
            }
            break;
        }
        if (node is TableReference or TableExpression or FunctionCall)
        {
            found.Add(node);
        }
        foreach (var child in Children(node))
        {
            Collect(child, found);
        }
    }

    private static IEnumerable<SyntaxNode?> Children(SyntaxNode node) => node switch
    {
        QueryStatement statement => [statement.Query],
        ExplainStatement explain => [explain.Statement],
        DescribeQueryStatement describe => [describe.Statement],
        Query query => [.. With(query.With), query.Body, .. query.OrderBy.Select(static item => item.Expression), query.Limit, query.Offset],
        SelectCore select =>
        [
            .. select.Items.Select(static item => item.Expression), .. select.From, select.Where, .. Grouping(select.GroupBy), select.Having, select.Qualify,
            .. select.Distinct?.On ?? [], .. select.Windows.SelectMany(static window => WindowParts(window.Window)),
        ],
        ValuesExpression values => values.Rows.SelectMany(static row => row.Values),
        JoinedTable join => [join.Left, join.Right, (join.Condition as JoinOn)?.Condition],
        DerivedTable derived => [derived.Query],
        ParenthesizedTable inner => [inner.Inner],
        UnnestTable unnest => unnest.Expressions,
        UnsupportedTable unsupported => [unsupported.Source],
        TableFunctionCall call => call.Arguments.Select(static argument => argument.Value),
        UnaryExpression unary => [unary.Operand],
        FunctionCall call =>
        [
            .. call.Arguments.Select(static argument => argument.Value), .. call.OrderBy.Select(static item => item.Expression),
            .. call.WithinGroup.Select(static item => item.Expression), call.Filter, .. WindowParts(call.Over),
        ],
        LambdaExpression lambda => [lambda.Body],
        CastExpression cast => [cast.Operand],
        CaseExpression branches => [branches.Operand, .. branches.Branches.SelectMany(static branch => new[] { branch.When, branch.Then }), branches.Else],
        IsExpression test => [test.Operand],
        BetweenExpression between => [between.Operand, between.Lower, between.Upper],
        InListExpression list => [list.Operand, .. list.Items],
        InSubqueryExpression list => [list.Operand, list.Query],
        LikeExpression like => [like.Operand, like.Pattern],
        QuantifiedComparison quantified => [quantified.Left, quantified.Right],
        ExistsExpression exists => [exists.Query],
        SubqueryExpression subquery => [subquery.Query],
        ExtractExpression extract => [extract.Operand],
        PositionExpression position => [position.Needle, position.Text],
        SubstringExpression substring => [substring.Text, substring.From, substring.For],
        TrimExpression trim => [trim.Characters, trim.Text],
        OverlayExpression overlay => [overlay.Text, overlay.Placing, overlay.From, overlay.For],
        AtTimeZoneExpression zone => [zone.Operand, zone.Zone],
        ArrayExpression array => array.Elements,
        RowExpression row => row.Elements,
        StructExpression fields => fields.Fields.Select(static field => field.Value),
        MapExpression map => map.Entries.SelectMany(static entry => new[] { entry.Key, entry.Value }),
        FieldAccess access => [access.Operand],
        SubscriptExpression subscript => [subscript.Operand, subscript.Index],
        SliceExpression slice => [slice.Operand, slice.Lower, slice.Upper, slice.Stride],
        _ => [],
    };

    private static IEnumerable<SyntaxNode> With(WithClause? with) => with is null ? [] : with.Tables.Select(static table => table.Query);

    private static IEnumerable<SyntaxNode> Grouping(GroupByClause? groupBy) => groupBy is null ? [] : groupBy.Items.SelectMany(GroupingParts);

    private static IEnumerable<SyntaxNode> GroupingParts(GroupByItem item) => item switch
    {
        GroupByExpression single => [single.Expression],
        GroupingElement element => element.Items.SelectMany(GroupingParts),
        _ => [],
    };

    private static IEnumerable<SyntaxNode> WindowParts(Window? window) => window is WindowSpecification specification
        ? [.. specification.PartitionBy, .. specification.OrderBy.Select(static item => item.Expression)]
        : [];
}
