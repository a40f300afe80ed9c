using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>INSERT, UPDATE, DELETE, TRUNCATE, COPY.</summary>
internal sealed partial class Printer
{
    private void PrintDataStatement(Statement statement)
    {
        switch (statement)
        {
            case InsertStatement insert:
                PrintInsert(insert);
                break;
            case UpdateStatement update:
                PrintUpdate(update);
                break;
            case DeleteStatement delete:
                Write("DELETE FROM ");
                PrintTable(delete.Table);
                PrintTables(" USING ", delete.Using);
                PrintAfter(" WHERE ", delete.Where);
                PrintReturning(delete.Returning);
                break;
            case TruncateStatement truncate:
                Write("TRUNCATE TABLE ");
                PrintList(truncate.Tables, Print);
                break;
            case CopyStatement copy:
                PrintCopy(copy);
                break;
            default:
                throw new ArgumentException($"Cannot print a {statement.GetType().Name}.", nameof(statement));
        }
    }

    private void PrintTables(string word, SyntaxList<TableReference> tables)
    {
        WriteIf(!tables.IsEmpty, word);
        PrintList(tables, PrintTable);
    }

    private void PrintReturning(SyntaxList<SelectItem> items)
    {
        WriteIf(!items.IsEmpty, " RETURNING ");
        PrintList(items, Print);
    }

    private void PrintInsert(InsertStatement insert)
    {
        Write(insert.Replace ? "INSERT OR REPLACE " : "INSERT ");
        Write(insert.Overwrite ? "OVERWRITE " : "INTO ");
        Print(insert.Table);
        if (insert.Alias is not null)
        {
            Write(" AS ");
            Print(insert.Alias);
        }

        PrintOptionalNames(insert.Columns);
        Write(" ");
        if (insert.Source is null)
            Write("DEFAULT VALUES");
        else
            PrintQuery(insert.Source);
        WriteIf(insert.OnConflict is not null, $" {insert.OnConflict?.Text}");
        PrintReturning(insert.Returning);
    }

    private void PrintUpdate(UpdateStatement update)
    {
        Write("UPDATE ");
        PrintTable(update.Table);
        Write(" SET ");
        PrintList(update.Assignments, PrintAssignment);
        PrintTables(" FROM ", update.From);
        PrintAfter(" WHERE ", update.Where);
        PrintReturning(update.Returning);
    }

    private void PrintAssignment(Assignment assignment)
    {
        Print(assignment.Column);
        PrintAfter(" = ", assignment.Value);
    }

    private void PrintCopy(CopyStatement copy)
    {
        Write("COPY ");
        if (copy.Query is not null)
            PrintParenthesized(copy.Query);
        else if (copy.Table is not null)
            Print(copy.Table);
        PrintOptionalNames(copy.Columns);
        Write(copy.From ? " FROM " : " TO ");
        WriteString(copy.Target);
        WriteIf(copy.Format is not null, $" STORED AS {copy.Format}");
        if (!copy.PartitionedBy.IsEmpty)
        {
            Write(" PARTITIONED BY ");
            PrintNames(copy.PartitionedBy);
        }

        PrintOptions(" OPTIONS ", copy.Options);
    }
}
