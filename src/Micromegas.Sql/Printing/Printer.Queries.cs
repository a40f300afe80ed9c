using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Queries and their clauses.</summary>
internal sealed partial class Printer
{
    private void PrintParenthesized(QueryExpression query)
    {
        Write("(");
        PrintQuery(query);
        Write(")");
    }

    private void PrintQuery(QueryExpression query)
    {
        switch (query)
        {
            case Query whole:
                PrintWhole(whole);
                break;
            case SelectCore select:
                PrintSelect(select);
                break;
            case SetOperation set:
                PrintSetOperation(set);
                break;
            case ValuesExpression values:
                Write("VALUES ");
                PrintList(values.Rows, PrintRow);
                break;
            case StatementQuery statement:
                PrintStatement(statement.Statement);
                break;
            case TableExpression table:
                Write("TABLE ");
                Print(table.Name);
                break;
        }
    }

    private void PrintWhole(Query query)
    {
        if (query.With is not null)
        {
            PrintWith(query.With);
            Write(" ");
        }

        if (query.Body is Query)
            PrintParenthesized(query.Body);
        else
            PrintQuery(query.Body);
        PrintOrderBy(query.OrderBy);
        PrintUnsupported(query.Unsupported, _ => true);
        PrintAfter(" LIMIT ", query.Limit);
        PrintAfter(" OFFSET ", query.Offset);
        if (query.Fetch is null)
            return;
        Write(" ");
        PrintFetch(query.Fetch);
    }

    private void PrintFetch(FetchClause fetch)
    {
        Write("FETCH FIRST");
        PrintAfter(" ", fetch.Count);
        WriteIf(fetch.Percent, " PERCENT");
        Write(fetch.WithTies ? " ROWS WITH TIES" : " ROWS ONLY");
    }

    private void PrintWith(WithClause with)
    {
        Write(with.Recursive ? "WITH RECURSIVE " : "WITH ");
        PrintList(with.Tables, PrintCommonTable);
    }

    private void PrintCommonTable(CommonTableExpression table)
    {
        Print(table.Name);
        PrintOptionalNames(table.Columns);
        Write(" AS ");
        WriteIf(table.Materialized == false, "NOT ");
        WriteIf(table.Materialized is not null, "MATERIALIZED ");
        PrintParenthesized(table.Query);
    }

    private void PrintRow(ValuesRow row)
    {
        Write("(");
        PrintExpressions(row.Values);
        Write(")");
    }

    /// <summary>Writes a chain of set operations by a loop over its left spine.</summary>
    private void PrintSetOperation(SetOperation set)
    {
        var spine = new Stack<SetOperation>();
        spine.Push(set);
        while (spine.Peek().Left is SetOperation left && LevelOf(left.Operator) >= LevelOf(spine.Peek().Operator))
            spine.Push(left);
        PrintSetOperand(spine.Peek().Left, LevelOf(spine.Peek().Operator));
        while (spine.TryPop(out var node))
        {
            Write($" {node.Operator.ToString().ToUpperInvariant()}");
            WriteIf(node.All, " ALL");
            WriteIf(node.ByName, " BY NAME");
            Write(" ");
            PrintSetOperand(node.Right, LevelOf(node.Operator) + 1);
        }
    }

    private void PrintSetOperand(QueryExpression operand, int level)
    {
        if (operand is Query || (operand is SetOperation set && LevelOf(set.Operator) < level))
            PrintParenthesized(operand);
        else
            PrintQuery(operand);
    }

    private static int LevelOf(SetOperator op) => op == SetOperator.Intersect ? 2 : 1;

    private void PrintSelect(SelectCore select)
    {
        Write("SELECT ");
        if (select.Distinct is not null)
        {
            PrintDistinct(select.Distinct);
            Write(" ");
        }

        foreach (var clause in select.Unsupported)
            WriteIf(clause.Name == "TOP", clause.Text + " ");
        PrintList(select.Items, Print);
        PrintUnsupported(select.Unsupported, name => name == "INTO");
        if (!select.From.IsEmpty)
        {
            Write(" FROM ");
            PrintList(select.From, PrintTable);
        }

        PrintUnsupported(select.Unsupported, name => name == "LATERAL VIEW");
        PrintAfter(" WHERE ", select.Where);
        if (select.GroupBy is not null)
        {
            Write(" ");
            PrintGroupBy(select.GroupBy);
        }

        PrintUnsupported(select.Unsupported, name => name is not ("TOP" or "INTO" or "LATERAL VIEW"));
        PrintAfter(" HAVING ", select.Having);
        if (!select.Windows.IsEmpty)
        {
            Write(" WINDOW ");
            PrintList(select.Windows, PrintWindowDefinition);
        }

        PrintAfter(" QUALIFY ", select.Qualify);
    }

    private void PrintUnsupported(SyntaxList<UnsupportedClause> clauses, Func<string, bool> where)
    {
        foreach (var clause in clauses)
            WriteIf(where(clause.Name), " " + clause.Text);
    }

    private void PrintDistinct(DistinctClause distinct)
    {
        Write("DISTINCT");
        if (distinct.On.IsEmpty)
            return;
        Write(" ON (");
        PrintExpressions(distinct.On);
        Write(")");
    }

    private void Print(SelectItem item)
    {
        Print(item.Expression, 0);
        if (item.Alias is null)
            return;
        Write(" AS ");
        Print(item.Alias);
    }

    private void PrintGroupBy(GroupByClause clause)
    {
        Write("GROUP BY ");
        WriteIf(clause.All, "ALL");
        PrintList(clause.Items, PrintGroupByItem);
    }

    private void PrintGroupByItem(GroupByItem item)
    {
        if (item is GroupByExpression key)
        {
            Print(key.Expression, 0);
            return;
        }

        var element = (GroupingElement)item;
        Write(element.Kind switch
        {
            GroupingKind.Rollup => "ROLLUP (",
            GroupingKind.Cube => "CUBE (",
            GroupingKind.GroupingSets => "GROUPING SETS (",
            _ => "(",
        });
        PrintList(element.Items, PrintGroupByItem);
        Write(")");
    }

    private void PrintOrderBy(SyntaxList<OrderByItem> items)
    {
        if (items.IsEmpty)
            return;
        Write(" ORDER BY ");
        PrintList(items, Print);
    }

    private void Print(OrderByItem item)
    {
        Print(item.Expression, 0);
        WriteIf(item.Direction == SortDirection.Ascending, " ASC");
        WriteIf(item.Direction == SortDirection.Descending, " DESC");
        WriteIf(item.Nulls == NullOrder.First, " NULLS FIRST");
        WriteIf(item.Nulls == NullOrder.Last, " NULLS LAST");
    }
}
