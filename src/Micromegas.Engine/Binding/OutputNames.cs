using System.Globalization;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Names of select items without an alias, as upstream's clients know them (spec/sql.md §5.2, "Output column names").</summary>
internal static class OutputNames
{
    public static string Of(Expression expression, ExpressionBinder binder)
    {
        // A column alone is called by its bare name; inside an expression it is qualified.
        if (expression is ColumnReference column && binder.TryResolve(column) is { } found && found.Used == column.Parts.Count)
        {
            return found.Column.Name;
        }
        if (expression is SubqueryExpression { Query.Body: SelectCore { Items: [var item] } })
        {
            return item.Alias?.Value ?? (item.Expression is ColumnReference only ? only.Parts[^1].Value : Text(item.Expression, binder));
        }
        return Text(expression, binder);
    }

    /// <summary>The name that the expression has inside another one.</summary>
    public static string Inside(Expression expression, ExpressionBinder binder) => Text(expression, binder);

    private static string Text(Expression expression, ExpressionBinder binder)
    {
        var text = new StringBuilder();
        Write(expression, binder, text);
        return text.ToString();
    }

    private static void Write(Expression expression, ExpressionBinder binder, StringBuilder text)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expression)
        {
            case NullLiteral:
                text.Append("NULL");
                break;
            case BooleanLiteral literal:
                text.Append("Boolean(").Append(literal.Value ? "true" : "false").Append(')');
                break;
            case Int64Literal literal:
                text.Append(CultureInfo.InvariantCulture, $"Int64({literal.Value})");
                break;
            case UInt64Literal literal:
                text.Append(CultureInfo.InvariantCulture, $"UInt64({literal.Value})");
                break;
            case Float64Literal literal:
                text.Append("Float64(").Append(literal.Value.ToString("R", CultureInfo.InvariantCulture)).Append(')');
                break;
            case StringLiteral literal:
                text.Append("Utf8(\"").Append(literal.Value).Append("\")");
                break;
            case BinaryLiteral literal:
                text.Append("Binary(\"").AppendJoin(',', literal.Value).Append("\")");
                break;
            case TypedLiteral literal:
                text.Append("Utf8(\"").Append(literal.Value).Append("\")");
                break;
            case ColumnReference column:
                WriteColumn(column, binder, text);
                break;
            case BinaryExpression binary:
                Write(binary.Left, binder, text);
                text.Append(' ').Append(Sign(binary.Operator)).Append(' ');
                Write(binary.Right, binder, text);
                break;
            case UnaryExpression { Operator: UnaryOperator.Not } unary:
                text.Append("NOT ");
                Write(unary.Operand, binder, text);
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate, Operand: Int64Literal number }:
                text.Append(CultureInfo.InvariantCulture, $"Int64({-number.Value})");
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate, Operand: Float64Literal number }:
                text.Append("Float64(").Append((-number.Value).ToString("R", CultureInfo.InvariantCulture)).Append(')');
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate } unary:
                text.Append("(- ");
                Write(unary.Operand, binder, text);
                text.Append(')');
                break;
            case UnaryExpression unary:
                Write(unary.Operand, binder, text);
                break;
            case CastExpression cast:
                Write(cast.Operand, binder, text);
                break;
            case FunctionCall call:
                WriteCall(call, binder, text);
                break;
            case CaseExpression branches:
                WriteCase(branches, binder, text);
                break;
            case IsExpression test:
                Write(test.Operand, binder, text);
                text.Append(" IS ").Append(test.Negated ? "NOT " : "").Append(test.Test.ToString().ToUpperInvariant());
                break;
            case BetweenExpression between:
                Write(between.Operand, binder, text);
                text.Append(between.Negated ? " NOT BETWEEN " : " BETWEEN ");
                Write(between.Lower, binder, text);
                text.Append(" AND ");
                Write(between.Upper, binder, text);
                break;
            case InListExpression list:
                Write(list.Operand, binder, text);
                text.Append(list.Negated ? " NOT IN " : " IN ");
                WriteList(list.Items, ", ", binder, text);
                break;
            case LikeExpression like:
                Write(like.Operand, binder, text);
                text.Append(like.Negated ? " NOT " : " ").Append(like.Kind switch { PatternKind.ILike => "ILIKE", PatternKind.SimilarTo => "SIMILAR TO", _ => "LIKE" }).Append(' ');
                Write(like.Pattern, binder, text);
                break;
            case SubscriptExpression subscript:
                Write(subscript.Operand, binder, text);
                text.Append('[');
                if (subscript.Index is StringLiteral field)
                {
                    text.Append(field.Value);
                }
                else
                {
                    Write(subscript.Index, binder, text);
                }
                text.Append(']');
                break;
            case FieldAccess access:
                Write(access.Operand, binder, text);
                text.Append('[').Append(access.Field.Value).Append(']');
                break;
            case ExtractExpression extract:
                text.Append("date_part(Utf8(\"").Append(extract.Part.ToUpperInvariant()).Append("\"),");
                Write(extract.Operand, binder, text);
                text.Append(')');
                break;
            case ArrayExpression array:
                text.Append("make_array(");
                WriteList(array.Elements, ",", binder, text);
                text.Append(')');
                break;
            case StructExpression fields:
                text.Append("named_struct(");
                for (var i = 0; i < fields.Fields.Count; i++)
                {
                    text.Append(i > 0 ? "," : "").Append("Utf8(\"").Append(fields.Fields[i].Name.Value).Append("\"),");
                    Write(fields.Fields[i].Value, binder, text);
                }
                text.Append(')');
                break;
            case SubqueryExpression:
                text.Append("(<subquery>)");
                break;
            default:
                text.Append(binder.SourceOf(expression));
                break;
        }
    }

    private static void WriteColumn(ColumnReference column, ExpressionBinder binder, StringBuilder text)
    {
        if (binder.TryResolve(column) is not { } found)
        {
            text.AppendJoin('.', column.Parts.Select(static part => part.Value));
            return;
        }
        text.Append(found.Column.Relation is null ? "" : found.Column.Relation + ".").Append(found.Column.Name);
        for (var i = found.Used; i < column.Parts.Count; i++)
        {
            text.Append('[').Append(column.Parts[i].Value).Append(']');
        }
    }

    private static void WriteCall(FunctionCall call, ExpressionBinder binder, StringBuilder text)
    {
        var name = call.Name.Last.Value;
        text.Append(name == "unnest" ? "UNNEST" : name).Append('(').Append(call.Distinct ? "DISTINCT " : "");
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            text.Append(i > 0 ? "," : "");
            if (call.Arguments[i].Value is StarExpression)
            {
                text.Append('*');
            }
            else
            {
                Write(call.Arguments[i].Value, binder, text);
            }
        }
        text.Append(')');
        if (!call.OrderBy.IsEmpty)
        {
            WriteOrder(" ORDER BY [", call.OrderBy, binder, text);
        }
        if (!call.WithinGroup.IsEmpty)
        {
            WriteOrder(" WITHIN GROUP [", call.WithinGroup, binder, text);
        }
        if (call.Filter is not null)
        {
            text.Append(" FILTER (WHERE ");
            Write(call.Filter, binder, text);
            text.Append(')');
        }
        if (call.NullTreatment != NullTreatment.Default)
        {
            text.Append(call.NullTreatment == NullTreatment.Ignore ? " IGNORE NULLS" : " RESPECT NULLS");
        }
        if (call.Over is WindowSpecification window)
        {
            WriteWindow(window, binder, text);
        }
    }

    private static void WriteWindow(WindowSpecification window, ExpressionBinder binder, StringBuilder text)
    {
        if (!window.PartitionBy.IsEmpty)
        {
            text.Append(" PARTITION BY [");
            WriteList(window.PartitionBy, ", ", binder, text);
            text.Append(']');
        }
        if (!window.OrderBy.IsEmpty)
        {
            WriteOrder(" ORDER BY [", window.OrderBy, binder, text);
        }
        if (window.Frame is not { } frame)
        {
            text.Append(window.OrderBy.IsEmpty
                ? " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
                : " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW");
            return;
        }
        text.Append(' ').Append(frame.Units.ToString().ToUpperInvariant()).Append(" BETWEEN ");
        WriteBound(frame.Start, binder, text);
        text.Append(" AND ");
        WriteBound(frame.End ?? new FrameBound(FrameBoundKind.CurrentRow, null), binder, text);
    }

    private static void WriteBound(FrameBound bound, ExpressionBinder binder, StringBuilder text) => text.Append(bound.Kind switch
    {
        FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
        FrameBoundKind.UnboundedFollowing => "UNBOUNDED FOLLOWING",
        FrameBoundKind.CurrentRow => "CURRENT ROW",
        FrameBoundKind.Preceding => $"{Offset(bound, binder)} PRECEDING",
        _ => $"{Offset(bound, binder)} FOLLOWING",
    });

    private static string Offset(FrameBound bound, ExpressionBinder binder) => bound.Offset is Int64Literal number
        ? number.Value.ToString(CultureInfo.InvariantCulture)
        : binder.SourceOf(bound.Offset!);

    private static void WriteOrder(string open, SyntaxList<OrderByItem> items, ExpressionBinder binder, StringBuilder text)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Write(items[i].Expression, binder, text);
            var descending = items[i].Direction == SortDirection.Descending;
            var nullsFirst = items[i].Nulls == NullOrder.Default ? descending : items[i].Nulls == NullOrder.First;
            text.Append(descending ? " DESC" : " ASC").Append(nullsFirst ? " NULLS FIRST" : " NULLS LAST");
        }
        text.Append(']');
    }

    private static void WriteCase(CaseExpression branches, ExpressionBinder binder, StringBuilder text)
    {
        text.Append("CASE ");
        if (branches.Operand is not null)
        {
            Write(branches.Operand, binder, text);
            text.Append(' ');
        }
        foreach (var branch in branches.Branches)
        {
            text.Append("WHEN ");
            Write(branch.When, binder, text);
            text.Append(" THEN ");
            Write(branch.Then, binder, text);
            text.Append(' ');
        }
        if (branches.Else is not null)
        {
            text.Append("ELSE ");
            Write(branches.Else, binder, text);
            text.Append(' ');
        }
        text.Append("END");
    }

    private static void WriteList(SyntaxList<Expression> items, string separator, ExpressionBinder binder, StringBuilder text)
    {
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? separator : "");
            Write(items[i], binder, text);
        }
    }

    private static string Sign(BinaryOperator sign) => sign switch
    {
        BinaryOperator.Or => "OR",
        BinaryOperator.And => "AND",
        BinaryOperator.Xor => "XOR",
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Spaceship or BinaryOperator.IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOperator.IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Concat => "||",
        BinaryOperator.BitAnd => "&",
        BinaryOperator.BitOr => "|",
        BinaryOperator.BitXor => "BIT_XOR",
        BinaryOperator.ShiftLeft => "<<",
        BinaryOperator.ShiftRight => ">>",
        BinaryOperator.RegexMatch => "~",
        BinaryOperator.RegexMatchInsensitive => "~*",
        BinaryOperator.RegexNotMatch => "!~",
        BinaryOperator.RegexNotMatchInsensitive => "!~*",
        BinaryOperator.Contains => "@>",
        BinaryOperator.ContainedBy => "<@",
        _ => sign.ToString(),
    };
}
