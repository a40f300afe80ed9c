using System.Text;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Writes syntax trees. This part holds the words and lists; the others hold one family of nodes each.</summary>
internal sealed partial class Printer
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Print(SyntaxNode node)
    {
        switch (node)
        {
            case Expression expression:
                Print(expression, 0);
                break;
            case QueryExpression query:
                PrintQuery(query);
                break;
            case TableReference table:
                PrintTable(table);
                break;
            case SqlTypeName type:
                PrintType(type);
                break;
            case Statement statement:
                PrintStatement(statement);
                break;
            default:
                PrintPart(node);
                break;
        }
    }

    /// <summary>Nodes that are neither expression, query, table, type nor statement.</summary>
    private void PrintPart(SyntaxNode node)
    {
        switch (node)
        {
            case Identifier identifier:
                Print(identifier);
                break;
            case QualifiedName name:
                Print(name);
                break;
            case SelectItem item:
                Print(item);
                break;
            case OrderByItem item:
                Print(item);
                break;
            case FunctionArgument argument:
                PrintArgument(argument, true);
                break;
            case GroupByItem item:
                PrintGroupByItem(item);
                break;
            case GroupByClause clause:
                PrintGroupBy(clause);
                break;
            case Window window:
                PrintWindow(window);
                break;
            case WindowFrame frame:
                PrintFrame(frame);
                break;
            case FrameBound bound:
                PrintBound(bound);
                break;
            case WindowDefinition window:
                PrintWindowDefinition(window);
                break;
            case WithClause with:
                PrintWith(with);
                break;
            case CommonTableExpression table:
                PrintCommonTable(table);
                break;
            case ValuesRow row:
                PrintRow(row);
                break;
            case JoinCondition condition:
                PrintJoinCondition(condition);
                break;
            case TableAlias alias:
                PrintAlias(alias);
                break;
            case UnsupportedClause clause:
                Write(clause.Text);
                break;
            case ColumnDefinition column:
                PrintColumn(column);
                break;
            case TableConstraint constraint:
                PrintConstraint(constraint);
                break;
            case SqlOption option:
                PrintOption(option);
                break;
            case Assignment assignment:
                PrintAssignment(assignment);
                break;
            case CaseBranch branch:
                PrintBranch(branch);
                break;
            case StructField field:
                PrintField(field);
                break;
            case MapEntry entry:
                PrintEntry(entry);
                break;
            case StructTypeField field:
                PrintStructTypeField(field);
                break;
            case DistinctClause distinct:
                PrintDistinct(distinct);
                break;
            case FetchClause fetch:
                PrintFetch(fetch);
                break;
            case ShowFilter filter:
                PrintShowFilter(filter);
                break;
            case RenamedColumn column:
                PrintRenamed(column);
                break;
            case FunctionParameter parameter:
                PrintParameter(parameter);
                break;
            default:
                throw new ArgumentException($"Cannot print a {node.GetType().Name}.", nameof(node));
        }
    }

    private void Write(string text) => _text.Append(text);

    private void WriteIf(bool condition, string text)
    {
        if (condition)
            _text.Append(text);
    }

    private void WriteString(string text) => _text.Append(SqlPrinter.QuoteString(text));

    private void PrintList<T>(SyntaxList<T> items, Action<T> print)
    {
        for (var i = 0; i < items.Count; i++)
        {
            WriteIf(i > 0, ", ");
            print(items[i]);
        }
    }

    private void PrintExpressions(SyntaxList<Expression> expressions) => PrintList(expressions, e => Print(e, 0));

    private void PrintNames(SyntaxList<Identifier> names)
    {
        Write("(");
        PrintList(names, Print);
        Write(")");
    }

    private void PrintOptionalNames(SyntaxList<Identifier> names)
    {
        if (names.IsEmpty)
            return;
        Write(" ");
        PrintNames(names);
    }

    private void Print(Identifier identifier) =>
        Write(identifier.Quoted || !Lexer.IsName(identifier.Value) ? SqlPrinter.QuoteIdentifier(identifier.Value) : identifier.Value);

    private void Print(QualifiedName name)
    {
        for (var i = 0; i < name.Parts.Count; i++)
        {
            WriteIf(i > 0, ".");
            Print(name.Parts[i]);
        }
    }

    /// <summary>A setting's name, whose parts are joined by dots.</summary>
    private void PrintDotted(string name) =>
        Write(string.Join('.', name.Split('.').Select(p => Lexer.IsName(p) ? p : SqlPrinter.QuoteIdentifier(p))));
}
