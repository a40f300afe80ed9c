using System.Globalization;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Parsing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Operators: parentheses stand only where precedence asks for them.</summary>
internal sealed partial class Printer
{
    private const int Primary = 200;

    /// <summary>Writes an expression, in parentheses if its operator binds less tightly than the level.</summary>
    private void Print(Expression expression, int level)
    {
        if (LevelOf(expression) >= level)
        {
            PrintBare(expression);
            return;
        }

        Write("(");
        PrintBare(expression);
        Write(")");
    }

    private static int LevelOf(Expression expression) => expression switch
    {
        BinaryExpression binary => Precedence.Of(binary.Operator),
        QuantifiedComparison quantified => Precedence.Of(quantified.Operator),
        UnaryExpression { Operator: UnaryOperator.Not } => Precedence.Not,
        UnaryExpression => Precedence.Multiplicative,
        IsExpression => Precedence.Is,
        LikeExpression => Precedence.Like,
        BetweenExpression or InListExpression or InSubqueryExpression => Precedence.Comparison,
        AtTimeZoneExpression => Precedence.AtTimeZone,
        CollateExpression => Precedence.Collate,
        CastExpression { Kind: CastKind.DoubleColon } or SubscriptExpression or SliceExpression or FieldAccess => Precedence.Postfix,
        LambdaExpression => 0,
        Literal literal when IsNegative(literal) => Precedence.Multiplicative,
        _ => Primary,
    };

    private static bool IsNegative(Literal literal) => literal switch
    {
        Int64Literal { Value: < 0 } => true,
        Float64Literal { Text: ['-', ..] } => true,
        _ => false,
    };

    private void PrintBare(Expression expression)
    {
        switch (expression)
        {
            case BinaryExpression binary:
                PrintBinary(binary);
                break;
            case UnaryExpression unary:
                PrintUnary(unary);
                break;
            case IsExpression test:
                Print(test.Operand, Precedence.Is);
                Write(test.Negated ? " IS NOT " : " IS ");
                Write(test.Test.ToString().ToUpperInvariant());
                break;
            case BetweenExpression between:
                PrintBetween(between);
                break;
            case InListExpression list:
                Print(list.Operand, Precedence.Comparison);
                Write(list.Negated ? " NOT IN (" : " IN (");
                PrintExpressions(list.Items);
                Write(")");
                break;
            case InSubqueryExpression subquery:
                Print(subquery.Operand, Precedence.Comparison);
                Write(subquery.Negated ? " NOT IN " : " IN ");
                PrintParenthesized(subquery.Query);
                break;
            case LikeExpression like:
                PrintLike(like);
                break;
            case QuantifiedComparison quantified:
                PrintQuantified(quantified);
                break;
            case AtTimeZoneExpression zone:
                Print(zone.Operand, Precedence.AtTimeZone);
                Write(" AT TIME ZONE ");
                Print(zone.Zone, Precedence.AtTimeZone + 1);
                break;
            case CollateExpression collate:
                Print(collate.Operand, Precedence.Collate);
                Write(" COLLATE ");
                Print(collate.Collation);
                break;
            case CastExpression { Kind: CastKind.DoubleColon } cast:
                Print(cast.Operand, Precedence.Postfix);
                Write("::");
                PrintType(cast.Type);
                break;
            case SubscriptExpression subscript:
                PrintPostfixOperand(subscript.Operand);
                Write("[");
                PrintSubscript(subscript.Index);
                Write("]");
                break;
            case SliceExpression slice:
                PrintSlice(slice);
                break;
            case FieldAccess access:
                // x.f is one name, (x).f takes the field of a column.
                if (access.Operand is ColumnReference)
                    Print(access.Operand, int.MaxValue);
                else
                    PrintPostfixOperand(access.Operand);
                Write(".");
                Print(access.Field);
                break;
            case Literal literal:
                PrintLiteral(literal);
                break;
            default:
                PrintPrimary(expression);
                break;
        }
    }

    /// <summary>Writes a chain of operators by a loop over its left spine.</summary>
    private void PrintBinary(BinaryExpression binary)
    {
        var spine = new Stack<BinaryExpression>();
        spine.Push(binary);
        while (spine.Peek().Left is BinaryExpression left && LevelOf(left) >= LevelOf(spine.Peek()))
            spine.Push(left);
        Print(spine.Peek().Left, LevelOf(spine.Peek()));
        while (spine.TryPop(out var node))
        {
            Write(" ");
            Write(Precedence.Spell(node.Operator));
            Write(" ");
            Print(node.Right, LevelOf(node) + 1);
        }
    }

    private void PrintUnary(UnaryExpression unary)
    {
        Write(unary.Operator switch
        {
            UnaryOperator.Negate => "-",
            UnaryOperator.Plus => "+",
            UnaryOperator.BitNot => "~",
            _ => "NOT ",
        });

        // -(5) is an operation on a literal, -5 is a literal.
        var level = unary.Operator == UnaryOperator.Not ? Precedence.Not : unary.Operand is Literal ? Primary : Precedence.Multiplicative;
        Print(unary.Operand, level + 1);
    }

    private void PrintBetween(BetweenExpression between)
    {
        Print(between.Operand, Precedence.Comparison);
        Write(between.Negated ? " NOT BETWEEN " : " BETWEEN ");
        WriteIf(between.Symmetric, "SYMMETRIC ");
        Print(between.Lower, Precedence.Comparison + 1);
        Write(" AND ");
        Print(between.Upper, Precedence.Comparison + 1);
    }

    private void PrintLike(LikeExpression like)
    {
        Print(like.Operand, Precedence.Like);
        Write(like.Negated ? " NOT " : " ");
        Write(like.Kind switch
        {
            PatternKind.Like => "LIKE ",
            PatternKind.ILike => "ILIKE ",
            PatternKind.SimilarTo => "SIMILAR TO ",
            _ => "REGEXP ",
        });
        if (like.Quantifier is { } quantifier)
            PrintQuantifier(quantifier, like.Pattern);
        else
            Print(like.Pattern, Precedence.Like + 1);
        if (like.Escape is null)
            return;
        Write(" ESCAPE ");
        WriteString(like.Escape);
    }

    private void PrintQuantified(QuantifiedComparison quantified)
    {
        var level = Precedence.Of(quantified.Operator);
        Print(quantified.Left, level);
        Write(" ");
        Write(Precedence.Spell(quantified.Operator));
        Write(" ");
        PrintQuantifier(quantified.Quantifier, quantified.Right);
    }

    private void PrintQuantifier(Quantifier quantifier, Expression right)
    {
        Write(quantifier == Quantifier.All ? "ALL " : "ANY ");
        Print(right, right is SubqueryExpression or RowExpression { Explicit: false } ? 0 : int.MaxValue);
    }

    /// <summary>An operand before <c>[</c> or <c>.</c>: what would swallow them stands in parentheses.</summary>
    private void PrintPostfixOperand(Expression operand)
    {
        var ambiguous = operand is CastExpression { Kind: CastKind.DoubleColon } or Literal
            or ColumnReference { Parts: [{ Value: "array" or "map", Quoted: false }] };
        Print(operand, ambiguous ? int.MaxValue : Precedence.Postfix);
    }

    // The parser reads a colon at the start of a slice's part as the slice's own.
    private void PrintSubscript(Expression? part)
    {
        if (part is null)
            return;
        var start = _text.Length;
        Print(part, 0);
        if (_text[start] != ':')
            return;
        _text.Insert(start, '(');
        Write(")");
    }

    private void PrintSlice(SliceExpression slice)
    {
        PrintPostfixOperand(slice.Operand);
        Write("[");
        PrintSubscript(slice.Lower);
        Write(" : ");
        PrintSubscript(slice.Upper);
        if (slice.Stride is not null)
        {
            Write(" : ");
            PrintSubscript(slice.Stride);
        }

        Write("]");
    }

    private void PrintLiteral(Literal literal)
    {
        switch (literal)
        {
            case NullLiteral:
                Write("NULL");
                break;
            case BooleanLiteral boolean:
                Write(boolean.Value ? "TRUE" : "FALSE");
                break;
            case Int64Literal integer:
                Write(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case UInt64Literal integer:
                Write(integer.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case Float64Literal number:
                Write(number.Text);
                break;
            case StringLiteral text:
                PrintString(text);
                break;
            case BinaryLiteral binary:
                Write($"X'{Convert.ToHexStringLower(binary.Value.AsSpan())}'");
                break;
        }
    }

    private void PrintString(StringLiteral literal)
    {
        Write(literal.Prefix switch
        {
            Syntax.StringPrefix.National => "N",
            Syntax.StringPrefix.Unicode => "U&",
            Syntax.StringPrefix.Bit => "B",
            _ => "",
        });
        WriteString(literal.Prefix == Syntax.StringPrefix.Unicode ? literal.Value.Replace("\\", "\\\\", StringComparison.Ordinal) : literal.Value);
    }
}
