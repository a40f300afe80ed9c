using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Statements that are neither definitions nor changes of data.</summary>
internal sealed partial class Printer
{
    private void PrintStatement(Statement statement)
    {
        switch (statement)
        {
            case QueryStatement query:
                PrintQuery(query.Query);
                break;
            case ExplainStatement explain:
                PrintExplain(explain);
                break;
            case DescribeTableStatement describe:
                Write("DESCRIBE ");
                Print(describe.Table);
                break;
            case DescribeQueryStatement describe:
                Write("DESCRIBE ");
                PrintStatement(describe.Statement);
                break;
            case ShowObjectsStatement show:
                PrintShow(show);
                break;
            case ShowCreateStatement show:
                Write($"SHOW CREATE {show.ObjectKind} ");
                Print(show.Name);
                break;
            case ShowVariableStatement show:
                Write("SHOW ");
                PrintDotted(show.Name);
                WriteIf(show.Verbose, " VERBOSE");
                break;
            case SetStatement set:
                PrintSet(set);
                break;
            case SetTransactionStatement set:
                Write("SET TRANSACTION ");
                PrintList(set.Modes, Write);
                break;
            case ResetStatement reset:
                Write("RESET ");
                if (reset.Name is null)
                    Write("ALL");
                else
                    PrintDotted(reset.Name);
                break;
            case UseStatement use:
                Write("USE ");
                Print(use.Name);
                break;
            case PrepareStatement prepare:
                PrintPrepare(prepare);
                break;
            case ExecuteStatement execute:
                Write("EXECUTE ");
                Print(execute.Name);
                if (execute.Arguments.IsEmpty)
                    break;
                Write("(");
                PrintExpressions(execute.Arguments);
                Write(")");
                break;
            case DeallocateStatement deallocate:
                Write("DEALLOCATE ");
                if (deallocate.Name is null)
                    Write("ALL");
                else
                    Print(deallocate.Name);
                break;
            case TransactionStatement transaction:
                PrintTransaction(transaction);
                break;
            case UnsupportedStatement unsupported:
                Write(unsupported.Text);
                break;
            default:
                PrintDefinition(statement);
                break;
        }
    }

    private void PrintExplain(ExplainStatement explain)
    {
        Write("EXPLAIN ");
        WriteIf(explain.Analyze, "ANALYZE ");
        WriteIf(explain.Verbose, "VERBOSE ");
        if (explain.Format is not null)
        {
            Write("FORMAT ");
            WriteString(explain.Format);
            Write(" ");
        }

        PrintStatement(explain.Statement);
    }

    private void PrintShow(ShowObjectsStatement show)
    {
        Write("SHOW ");
        WriteIf(show.Extended, "EXTENDED ");
        WriteIf(show.Full, "FULL ");
        Write(show.Kind.ToString().ToUpperInvariant());
        if (show.From is not null)
        {
            Write(" FROM ");
            Print(show.From);
        }

        if (show.Filter is null)
            return;
        Write(" ");
        PrintShowFilter(show.Filter);
    }

    private void PrintShowFilter(ShowFilter filter)
    {
        if (filter.Pattern is null)
        {
            PrintAfter("WHERE ", filter.Where);
            return;
        }

        Write(filter.CaseInsensitive ? "ILIKE " : "LIKE ");
        WriteString(filter.Pattern);
    }

    private void PrintSet(SetStatement set)
    {
        Write("SET ");
        WriteIf(set.Scope != SetScope.Default, set.Scope.ToString().ToUpperInvariant() + " ");
        PrintDotted(set.Name);
        Write(" = ");
        PrintExpressions(set.Values);
    }

    private void PrintPrepare(PrepareStatement prepare)
    {
        Write("PREPARE ");
        Print(prepare.Name);
        if (!prepare.Types.IsEmpty)
        {
            Write(" (");
            PrintList(prepare.Types, PrintType);
            Write(")");
        }

        Write(" AS ");
        PrintStatement(prepare.Statement);
    }

    private void PrintTransaction(TransactionStatement transaction)
    {
        Write(transaction.Command switch
        {
            TransactionCommand.Begin => "BEGIN",
            TransactionCommand.Commit => "COMMIT",
            TransactionCommand.Rollback => "ROLLBACK",
            TransactionCommand.Savepoint => "SAVEPOINT",
            TransactionCommand.Release => "RELEASE SAVEPOINT",
            _ => "ROLLBACK TO SAVEPOINT",
        });
        WriteIf(!transaction.Modes.IsEmpty, " ");
        PrintList(transaction.Modes, Write);
        if (transaction.Savepoint is null)
            return;
        Write(" ");
        Print(transaction.Savepoint);
    }
}
