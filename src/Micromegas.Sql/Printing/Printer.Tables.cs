using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Tables and joins.</summary>
internal sealed partial class Printer
{
    private void PrintTable(TableReference table)
    {
        switch (table)
        {
            case NamedTable named:
                Print(named.Name);
                PrintOptionalAlias(named.Alias);
                break;
            case TableFunctionCall call:
                PrintTableFunction(call);
                break;
            case DerivedTable derived:
                WriteIf(derived.Lateral, "LATERAL ");
                PrintParenthesized(derived.Query);
                PrintOptionalAlias(derived.Alias);
                break;
            case UnnestTable unnest:
                PrintUnnest(unnest);
                break;
            case ParenthesizedTable parenthesized:
                Write("(");
                PrintTable(parenthesized.Inner);
                Write(")");
                PrintOptionalAlias(parenthesized.Alias);
                break;
            case JoinedTable joined:
                PrintJoins(joined);
                break;
            case UnsupportedTable unsupported:
                PrintTable(unsupported.Source);
                Write(" ");
                Write(unsupported.Clause.Text);
                break;
        }
    }

    private void PrintOptionalAlias(TableAlias? alias)
    {
        if (alias is null)
            return;
        Write(" AS ");
        PrintAlias(alias);
    }

    private void PrintAlias(TableAlias alias)
    {
        Print(alias.Name);
        PrintOptionalNames(alias.Columns);
    }

    private void PrintTableFunction(TableFunctionCall call)
    {
        WriteIf(call.Lateral, "LATERAL ");
        Print(call.Name);
        Write("(");
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            WriteIf(i > 0, ", ");
            PrintArgument(call.Arguments[i], i == 0);
        }

        Write(")");
        WriteIf(call.WithOrdinality, " WITH ORDINALITY");
        PrintOptionalAlias(call.Alias);
    }

    private void PrintUnnest(UnnestTable unnest)
    {
        WriteIf(unnest.Lateral, "LATERAL ");
        Write("UNNEST(");
        PrintExpressions(unnest.Expressions);
        Write(")");
        WriteIf(unnest.WithOrdinality, " WITH ORDINALITY");
        PrintOptionalAlias(unnest.Alias);
        WriteIf(unnest.WithOffset, " WITH OFFSET");
        if (unnest.OffsetAlias is null)
            return;
        Write(" AS ");
        Print(unnest.OffsetAlias);
    }

    /// <summary>Writes a chain of joins by a loop over its left spine.</summary>
    private void PrintJoins(JoinedTable joined)
    {
        var spine = new Stack<JoinedTable>();
        spine.Push(joined);
        while (spine.Peek().Left is JoinedTable left)
            spine.Push(left);
        PrintTable(spine.Peek().Left);
        while (spine.TryPop(out var node))
        {
            Write(node.Condition is JoinNatural ? " NATURAL " : " ");
            Write(Spell(node.Kind));
            Write(" ");
            if (node.Right is JoinedTable right)
                PrintTable(new ParenthesizedTable(right, null));
            else
                PrintTable(node.Right);
            if (node.Condition is null or JoinNatural)
                continue;
            Write(" ");
            PrintJoinCondition(node.Condition);
        }
    }

    private void PrintJoinCondition(JoinCondition condition)
    {
        switch (condition)
        {
            case JoinOn on:
                PrintAfter("ON ", on.Condition);
                break;
            case JoinUsing columns:
                Write("USING ");
                PrintNames(columns.Columns);
                break;
            default:
                Write("NATURAL");
                break;
        }
    }

    private static string Spell(JoinKind kind) => kind switch
    {
        JoinKind.Inner => "JOIN",
        JoinKind.Left => "LEFT JOIN",
        JoinKind.Right => "RIGHT JOIN",
        JoinKind.Full => "FULL JOIN",
        JoinKind.Cross => "CROSS JOIN",
        JoinKind.LeftSemi => "LEFT SEMI JOIN",
        JoinKind.RightSemi => "RIGHT SEMI JOIN",
        JoinKind.LeftAnti => "LEFT ANTI JOIN",
        JoinKind.RightAnti => "RIGHT ANTI JOIN",
        JoinKind.AsOf => "ASOF JOIN",
        JoinKind.CrossApply => "CROSS APPLY",
        _ => "OUTER APPLY",
    };
}
