using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans;

/// <summary>The columns that a plan reads but no node below produces: what makes a subquery correlated.</summary>
internal static class FreeColumns
{
    public static HashSet<PlanColumn> Of(LogicalPlan plan)
    {
        var free = new HashSet<PlanColumn>();
        Collect(plan, free);
        return free;
    }

    private static void Collect(LogicalPlan plan, HashSet<PlanColumn> free)
    {
        var inner = new HashSet<PlanColumn>();
        foreach (var input in plan.Inputs)
        {
            Collect(input, inner);
        }
        foreach (var expression in plan.Expressions())
        {
            expression.CollectColumns(inner);
        }
        // Free columns of an input are satisfied by a sibling only in an apply, whose right side reads its left one.
        foreach (var input in plan.Inputs)
        {
            inner.ExceptWith(input.Columns);
        }
        if (plan is LogicalScan scan)
        {
            inner.ExceptWith(scan.TableColumns);
        }
        else if (plan is LogicalTableFunction call)
        {
            inner.ExceptWith(call.TableColumns);
        }
        free.UnionWith(inner);
    }
}
