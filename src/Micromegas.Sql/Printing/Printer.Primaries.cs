using System.Globalization;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Parsing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Expressions that are no operators: names, calls and special forms.</summary>
internal sealed partial class Printer
{
    private void PrintPrimary(Expression expression)
    {
        switch (expression)
        {
            case ColumnReference column:
                for (var i = 0; i < column.Parts.Count; i++)
                {
                    WriteIf(i > 0, ".");
                    Print(column.Parts[i]);
                }

                break;
            case StarExpression star:
                PrintStar(star);
                break;
            case ParameterExpression parameter:
                Write(parameter.Marker.ToString());
                Write(parameter.Name ?? (parameter.Marker == '?' ? "" : parameter.Number.ToString(CultureInfo.InvariantCulture)));
                break;
            case AllColumnsExpression:
                Write("ALL");
                break;
            case DefaultValueExpression:
                Write("DEFAULT");
                break;
            case TypedLiteral literal:
                PrintType(literal.Type);
                Write(" ");
                WriteString(literal.Value);
                break;
            case IntervalLiteral interval:
                PrintInterval(interval);
                break;
            case FunctionCall call:
                PrintCall(call);
                break;
            case LambdaExpression lambda:
                PrintLambda(lambda);
                break;
            case SubqueryExpression subquery:
                PrintParenthesized(subquery.Query);
                break;
            case ExistsExpression exists:
                Write("EXISTS ");
                PrintParenthesized(exists.Query);
                break;
            case ArrayExpression array:
                Write("[");
                PrintExpressions(array.Elements);
                Write("]");
                break;
            case RowExpression row:
                Write(row.Explicit ? "ROW(" : "(");
                PrintExpressions(row.Elements);
                Write(")");
                break;
            case StructExpression value:
                Write("{");
                PrintList(value.Fields, PrintField);
                Write("}");
                break;
            case MapExpression map:
                Write("MAP {");
                PrintList(map.Entries, PrintEntry);
                Write("}");
                break;
            default:
                PrintSpecialForm(expression);
                break;
        }
    }

    private void PrintSpecialForm(Expression expression)
    {
        switch (expression)
        {
            case CaseExpression value:
                PrintCase(value);
                break;
            case CastExpression cast:
                PrintCast(cast);
                break;
            case ExtractExpression extract:
                Write("EXTRACT(");
                if (Lexer.IsName(extract.Part.ToLowerInvariant()) && KeywordTable.Find(extract.Part) != Keyword.From)
                    Write(extract.Part);
                else
                    WriteString(extract.Part);
                PrintAfter(" FROM ", extract.Operand);
                Write(")");
                break;
            case PositionExpression position:
                Write("POSITION(");
                Print(position.Needle, Precedence.Comparison + 1);
                PrintAfter(" IN ", position.Text);
                Write(")");
                break;
            case SubstringExpression substring:
                Write("SUBSTRING(");
                Print(substring.Text, 0);
                PrintAfter(" FROM ", substring.From);
                PrintAfter(" FOR ", substring.For);
                Write(")");
                break;
            case TrimExpression trim:
                Write("TRIM(");
                WriteIf(trim.Side != TrimSide.Default, trim.Side.ToString().ToUpperInvariant() + " ");
                if (trim.Characters is not null)
                    Print(trim.Characters, 0);
                PrintAfter(trim.Characters is null ? "FROM " : " FROM ", trim.Text);
                Write(")");
                break;
            case OverlayExpression overlay:
                Write("OVERLAY(");
                Print(overlay.Text, 0);
                PrintAfter(" PLACING ", overlay.Placing);
                PrintAfter(" FROM ", overlay.From);
                PrintAfter(" FOR ", overlay.For);
                Write(")");
                break;
            case RoundToUnitExpression round:
                Print(round.Function);
                PrintAfter("(", round.Operand);
                Write(" TO ");
                Print(new Identifier(round.Unit, false));
                Write(")");
                break;
            default:
                throw new ArgumentException($"Cannot print a {expression.GetType().Name}.", nameof(expression));
        }
    }

    private void PrintAfter(string word, Expression? expression)
    {
        if (expression is null)
            return;
        Write(word);
        Print(expression, 0);
    }

    private void PrintStar(StarExpression star)
    {
        if (star.Qualifier is not null)
        {
            Print(star.Qualifier);
            Write(".");
        }

        Write("*");
        if (star.ILike is not null)
        {
            Write(" ILIKE ");
            WriteString(star.ILike);
        }

        if (!star.Exclude.IsEmpty)
        {
            Write(" EXCLUDE ");
            PrintNames(star.Exclude);
        }

        if (!star.Replace.IsEmpty)
        {
            Write(" REPLACE (");
            PrintList(star.Replace, Print);
            Write(")");
        }

        if (!star.Rename.IsEmpty)
        {
            Write(" RENAME (");
            PrintList(star.Rename, PrintRenamed);
            Write(")");
        }
    }

    private void PrintRenamed(RenamedColumn column)
    {
        Print(column.Column);
        Write(" AS ");
        Print(column.Alias);
    }

    private void PrintInterval(IntervalLiteral interval)
    {
        Write("INTERVAL ");
        var bare = interval.Value is StringLiteral { Prefix: Syntax.StringPrefix.None } or Int64Literal { Value: >= 0 } or UInt64Literal
            or Float64Literal { Text: not ['-', ..] } or ParameterExpression { Marker: not ':' };
        Print(interval.Value, bare ? 0 : int.MaxValue);
        WriteIf(interval.Unit is not null, $" {interval.Unit}");
        WriteIf(interval.ToUnit is not null, $" TO {interval.ToUnit}");
    }

    private void PrintCall(FunctionCall call)
    {
        Print(call.Name);
        if (call.Niladic)
            return;
        Write(call.Distinct ? "(DISTINCT " : "(");
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            WriteIf(i > 0, ", ");
            PrintArgument(call.Arguments[i], i == 0);
        }

        PrintOrderBy(call.OrderBy);
        Write(")");
        if (!call.WithinGroup.IsEmpty)
        {
            Write(" WITHIN GROUP (ORDER BY ");
            PrintList(call.WithinGroup, Print);
            Write(")");
        }

        if (call.Filter is not null)
        {
            PrintAfter(" FILTER (WHERE ", call.Filter);
            Write(")");
        }

        WriteIf(call.NullTreatment == NullTreatment.Ignore, " IGNORE NULLS");
        WriteIf(call.NullTreatment == NullTreatment.Respect, " RESPECT NULLS");
        if (call.Over is null)
            return;
        Write(" OVER ");
        PrintWindow(call.Over);
    }

    private void PrintArgument(FunctionArgument argument, bool first)
    {
        if (argument.Name is not null)
        {
            Print(argument.Name);
            Write(" => ");
        }

        var start = _text.Length;
        Print(argument.Value, 0);
        if (first || argument.Value is LambdaExpression || !_text.ToString(start, _text.Length - start).Contains("->", StringComparison.Ordinal))
            return;

        // The JSON arrow behind a name looks like a lambda.
        if (new Parser(_text.ToString(start, _text.Length - start)).AtLambda)
        {
            _text.Insert(start, '(');
            Write(")");
        }
    }

    private void PrintLambda(LambdaExpression lambda)
    {
        if (lambda.Parameters.Count == 1)
            Print(lambda.Parameters[0]);
        else
            PrintNames(lambda.Parameters);
        Write(" -> ");
        var start = _text.Length;
        Print(lambda.Body, 0);
        if (_text[start] is not ('\'' or '$' or '@' or '?') && !char.IsAsciiDigit(_text[start]))
            return;
        _text.Insert(start, '(');
        Write(")");
    }

    private void PrintCase(CaseExpression value)
    {
        Write("CASE");
        PrintAfter(" ", value.Operand);
        foreach (var branch in value.Branches)
        {
            Write(" ");
            PrintBranch(branch);
        }

        PrintAfter(" ELSE ", value.Else);
        Write(" END");
    }

    private void PrintBranch(CaseBranch branch)
    {
        PrintAfter("WHEN ", branch.When);
        PrintAfter(" THEN ", branch.Then);
    }

    private void PrintCast(CastExpression cast)
    {
        PrintAfter(cast.Kind == CastKind.TryCast ? "TRY_CAST(" : "CAST(", cast.Operand);
        Write(" AS ");
        PrintType(cast.Type);
        if (cast.Format is not null)
        {
            Write(" FORMAT ");
            WriteString(cast.Format);
        }

        Write(")");
    }

    private void PrintField(StructField field)
    {
        Print(field.Name);
        PrintAfter(": ", field.Value);
    }

    private void PrintEntry(MapEntry entry)
    {
        Print(entry.Key, 0);
        PrintAfter(": ", entry.Value);
    }
}
