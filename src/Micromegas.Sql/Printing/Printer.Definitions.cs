using Micromegas.Sql.Parsing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>CREATE, DROP, REFRESH.</summary>
internal sealed partial class Printer
{
    private void PrintDefinition(Statement statement)
    {
        switch (statement)
        {
            case CreateTableStatement create:
                PrintCreateTable(create);
                break;
            case CreateViewStatement create:
                PrintCreateView(create);
                break;
            case RefreshViewStatement refresh:
                Write("REFRESH MATERIALIZED VIEW ");
                WriteIf(refresh.Concurrently, "CONCURRENTLY ");
                Print(refresh.Name);
                PrintAfter(" FROM ", refresh.Begin);
                PrintAfter(" TO ", refresh.End);
                break;
            case CreateSchemaStatement create:
                Write(create.IsDatabase ? "CREATE DATABASE " : "CREATE SCHEMA ");
                WriteIf(create.IfNotExists, "IF NOT EXISTS ");
                Print(create.Name);
                break;
            case CreateIndexStatement create:
                PrintCreateIndex(create);
                break;
            case CreateFunctionStatement create:
                PrintCreateFunction(create);
                break;
            case DropStatement drop:
                PrintDrop(drop);
                break;
            case CreateExternalTableStatement create:
                PrintCreateExternalTable(create);
                break;
            default:
                PrintDataStatement(statement);
                break;
        }
    }

    private void PrintCreateTable(CreateTableStatement create)
    {
        Write("CREATE ");
        WriteIf(create.OrReplace, "OR REPLACE ");
        WriteIf(create.Temporary, "TEMPORARY ");
        Write("TABLE ");
        WriteIf(create.IfNotExists, "IF NOT EXISTS ");
        Print(create.Name);
        if (create.Query is null || !create.Columns.IsEmpty || !create.Constraints.IsEmpty)
            PrintColumns(create.Columns, create.Constraints);
        PrintOptions(" WITH ", create.Options);
        if (create.Query is null)
            return;
        Write(" AS ");
        PrintQuery(create.Query);
    }

    private void PrintColumns(SyntaxList<ColumnDefinition> columns, SyntaxList<TableConstraint> constraints)
    {
        Write(" (");
        PrintList(columns, PrintColumn);
        WriteIf(!columns.IsEmpty && !constraints.IsEmpty, ", ");
        PrintList(constraints, PrintConstraint);
        Write(")");
    }

    private void PrintColumn(ColumnDefinition column)
    {
        Print(column.Name);
        if (column.Type is not null)
        {
            Write(" ");
            PrintType(column.Type);
        }

        WriteIf(column.NotNull == true, " NOT NULL");
        WriteIf(column.NotNull == false, " NULL");
        if (column.Default is not null)
        {
            Write(" DEFAULT ");
            Print(column.Default, Precedence.Not + 1);
        }

        if (column.Generated is not null)
        {
            PrintAfter(" GENERATED ALWAYS AS (", column.Generated);
            Write(")");
        }

        WriteIf(column.Identity, " GENERATED ALWAYS AS IDENTITY");
        foreach (var constraint in column.Constraints)
        {
            Write(" ");
            PrintConstraint(constraint);
        }
    }

    private void PrintConstraint(TableConstraint constraint)
    {
        if (constraint.Name is not null)
        {
            Write("CONSTRAINT ");
            Print(constraint.Name);
            Write(" ");
        }

        switch (constraint.Kind)
        {
            case ConstraintKind.PrimaryKey:
                Write("PRIMARY KEY");
                PrintOptionalNames(constraint.Columns);
                break;
            case ConstraintKind.Unique:
                Write("UNIQUE");
                PrintOptionalNames(constraint.Columns);
                break;
            case ConstraintKind.Check:
                PrintAfter("CHECK (", constraint.Check);
                Write(")");
                break;
            case ConstraintKind.ForeignKey:
                PrintForeignKey(constraint);
                break;
        }
    }

    private void PrintForeignKey(TableConstraint constraint)
    {
        if (!constraint.Columns.IsEmpty)
        {
            Write("FOREIGN KEY ");
            PrintNames(constraint.Columns);
            Write(" ");
        }

        Write("REFERENCES ");
        if (constraint.References is not null)
            Print(constraint.References);
        PrintOptionalNames(constraint.ReferencedColumns);
        WriteIf(constraint.OnDelete is not null, $" ON DELETE {constraint.OnDelete}");
        WriteIf(constraint.OnUpdate is not null, $" ON UPDATE {constraint.OnUpdate}");
    }

    private void PrintOptions(string word, SyntaxList<SqlOption> options)
    {
        if (options.IsEmpty)
            return;
        Write(word);
        Write("(");
        PrintList(options, PrintOption);
        Write(")");
    }

    private void PrintOption(SqlOption option)
    {
        WriteString(option.Name);
        PrintAfter(" = ", option.Value);
    }

    private void PrintCreateView(CreateViewStatement create)
    {
        Write("CREATE ");
        WriteIf(create.OrReplace, "OR REPLACE ");
        WriteIf(create.Temporary, "TEMPORARY ");
        WriteIf(create.Materialized, "MATERIALIZED ");
        Write("VIEW ");
        WriteIf(create.IfNotExists, "IF NOT EXISTS ");
        Print(create.Name);
        PrintOptionalNames(create.Columns);
        PrintOptions(" WITH ", create.Options);
        Write(" AS ");
        PrintQuery(create.Query);
        WriteIf(create.WithData == true, " WITH DATA");
        WriteIf(create.WithData == false, " WITH NO DATA");
    }

    private void PrintCreateIndex(CreateIndexStatement create)
    {
        Write(create.Unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
        WriteIf(create.IfNotExists, "IF NOT EXISTS ");
        if (create.Name is not null)
        {
            Print(create.Name);
            Write(" ");
        }

        Write("ON ");
        Print(create.Table);
        Write(" (");
        PrintList(create.Keys, Print);
        Write(")");
    }

    private void PrintCreateFunction(CreateFunctionStatement create)
    {
        Write("CREATE ");
        WriteIf(create.OrReplace, "OR REPLACE ");
        WriteIf(create.Temporary, "TEMPORARY ");
        Write("FUNCTION ");
        Print(create.Name);
        Write("(");
        PrintList(create.Parameters, PrintParameter);
        Write(")");
        if (create.Returns is not null)
        {
            Write(" RETURNS ");
            PrintType(create.Returns);
        }

        if (create.Language is not null)
        {
            Write(" LANGUAGE ");
            Print(create.Language);
        }

        WriteIf(create.Volatility is not null, $" {create.Volatility}");
        PrintAfter(" RETURN ", create.Body);
    }

    private void PrintParameter(FunctionParameter parameter)
    {
        if (parameter.Name is not null)
        {
            Print(parameter.Name);
            Write(" ");
        }

        PrintType(parameter.Type);
        PrintAfter(" DEFAULT ", parameter.Default);
    }

    private void PrintDrop(DropStatement drop)
    {
        Write("DROP ");
        Write(drop.Kind == DropKind.MaterializedView ? "MATERIALIZED VIEW" : drop.Kind.ToString().ToUpperInvariant());
        Write(drop.IfExists ? " IF EXISTS " : " ");
        PrintList(drop.Names, Print);
        WriteIf(drop.Cascade == true, " CASCADE");
        WriteIf(drop.Cascade == false, " RESTRICT");
    }

    private void PrintCreateExternalTable(CreateExternalTableStatement create)
    {
        Write("CREATE ");
        WriteIf(create.OrReplace, "OR REPLACE ");
        WriteIf(create.Temporary, "TEMPORARY ");
        WriteIf(create.Unbounded, "UNBOUNDED ");
        Write("EXTERNAL TABLE ");
        WriteIf(create.IfNotExists, "IF NOT EXISTS ");
        Print(create.Name);
        if (!create.Columns.IsEmpty || !create.Constraints.IsEmpty)
            PrintColumns(create.Columns, create.Constraints);
        WriteIf(create.Format is not null, $" STORED AS {create.Format}");
        if (!create.PartitionedBy.IsEmpty)
        {
            Write(" PARTITIONED BY");
            PrintColumns(create.PartitionedBy, []);
        }

        foreach (var order in create.Orders)
        {
            Write(" WITH ORDER (");
            PrintList(order, Print);
            Write(")");
        }

        Write(" LOCATION ");
        WriteString(create.Location);
        PrintOptions(" OPTIONS ", create.Options);
    }
}
