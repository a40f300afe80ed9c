using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>Plans over rows and their numbers.</summary>
internal static class ScratchPlans
{
    /// <summary>All columns of a table.</summary>
    public static LogicalScan Scan(MemoryTable table)
    {
        PlanColumn[] columns = [.. table.Schema.Fields.Select(static field => new PlanColumn(field.Name, field.Type, field.Nullable))];
        return new LogicalScan(table, ScratchTable.RowColumn, columns, [.. Enumerable.Range(0, columns.Length)], []);
    }

    /// <summary>The rows of the table that are not among the changed ones and, when asked for, the changed ones, in order of insertion.</summary>
    public static LogicalPlan Merge(StatementServices services, ScratchTable table, MemoryTable changed, bool withChanged)
    {
        var (old, gone) = (Scan(table.Rows), Scan(changed));
        LogicalPlan plan = new LogicalJoin(old, gone, JoinKind.LeftAnti, [new JoinKey(new BoundColumn(old.Columns[^1]), new BoundColumn(gone.Columns[^1]))], null);
        if (withChanged)
        {
            plan = new LogicalUnionAll([plan, Scan(changed)], [.. old.Columns.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable))]);
        }
        return services.Optimize(new LogicalSort(plan, [new SortKey(new BoundColumn(plan.Columns[^1]), false, false)]));
    }
}
