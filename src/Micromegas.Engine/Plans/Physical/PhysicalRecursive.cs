using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Recursion;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>A recursive common table expression: its anchor, then its step over the rows found last, again and again while somebody wants more.</summary>
internal sealed class PhysicalRecursive : PhysicalPlan
{
    private readonly LogicalRecursive recursive;
    private readonly WorkingRows working = new();

    public PhysicalRecursive(PhysicalPlan anchor, PhysicalPlan step, LogicalRecursive recursive)
        : base(recursive.Columns, anchor, step)
    {
        this.recursive = recursive;
        Attach(step);
    }

    public override string Name => "Recursive";

    public override IReadOnlyList<string> Details => [recursive.Working.Name, recursive.Distinct ? "distinct rows" : "all rows"];

    public override ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var recursion = new RecursiveRows(Schema, recursive.Distinct, execution.Context, Statistics, Name);
        return ValueTask.FromResult(new Pipeline(new RecursiveSource(execution, Inputs[0], Inputs[1], working, execution.Own(recursion)), Statistics));
    }

    private void Attach(PhysicalPlan node)
    {
        if (node is PhysicalRecursiveReference reference && ReferenceEquals(reference.Table, recursive.Working))
        {
            reference.Attach(working);
        }
        foreach (var input in node.Inputs)
        {
            Attach(input);
        }
    }
}
