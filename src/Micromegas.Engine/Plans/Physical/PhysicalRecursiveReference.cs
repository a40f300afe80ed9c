using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Recursion;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Reads the rows that the recursion around it found last.</summary>
internal sealed class PhysicalRecursiveReference(LogicalRecursiveReference reference) : PhysicalPlan(reference.Columns)
{
    private WorkingRows? rows;

    public override string Name => "WorkingTable";

    public override IReadOnlyList<string> Details => [reference.Table.Name];

    public RecursiveTable Table => reference.Table;

    /// <summary>Ties the reference to its recursion, when that is planned.</summary>
    public void Attach(WorkingRows working) => rows ??= working;

    public override ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var working = rows ?? throw new InvalidOperationException($"The working table '{reference.Table.Name}' is read outside its recursion.");
        return ValueTask.FromResult(new Pipeline(new WorkingRowsSource(working.Current, execution.Context.Options.BatchSize), Statistics));
    }
}
