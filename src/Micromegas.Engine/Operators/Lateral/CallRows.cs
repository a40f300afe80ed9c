using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Operators.Lateral;

/// <summary>The rows for which a table function is called, and the arguments that each gives.</summary>
internal sealed class CallRows : IDisposable
{
    private readonly Lock gate = new();
    private readonly BatchBuilder rows;
    private readonly BatchBuilder arguments;
    private readonly Batch given;
    private readonly IReadOnlyList<BoundExpression> expressions;
    private readonly IReadOnlyList<PlanColumn> input;
    private readonly QueryContext context;
    private readonly MemoryReservation reservation;

    public CallRows(Schema schema, IReadOnlyList<BoundExpression> expressions, IReadOnlyList<PlanColumn> input, QueryContext context, string owner)
    {
        this.expressions = expressions;
        this.input = input;
        this.context = context;
        rows = new BatchBuilder(schema);
        var types = new Schema(expressions.Select(static (expression, i) => new Field($"{i}", expression.Type)).ToArray());
        arguments = new BatchBuilder(types);
        given = new Batch(types, new Vector[types.Count]);
        reservation = new MemoryReservation(context.Budget, owner);
    }

    /// <summary>The rows, once the input has ended.</summary>
    public Batch? Rows { get; private set; }

    /// <summary>The arguments, row by row.</summary>
    public Batch? Arguments { get; private set; }

    /// <summary>The expressions of the arguments, for one worker.</summary>
    public CompiledExpression[] Compile() => CompiledExpression.Compile(expressions, input, context);

    /// <summary>Keeps the selected rows of a batch.</summary>
    /// <exception cref="MemoryLimitException">They are too many for the statement's memory.</exception>
    public void Add(Batch batch, CompiledExpression[] compiled)
    {
        lock (gate)
        {
            for (var i = 0; i < compiled.Length; i++)
            {
                given.Columns[i] = compiled[i].Evaluate(batch, batch.Selection);
            }
            given.RowCount = batch.RowCount;
            given.Selection = batch.Selection;
            arguments.Append(given);
            rows.Append(batch);
            reservation.Grow(Math.Max(0, rows.AllocatedBytes + arguments.AllocatedBytes - reservation.Bytes));
        }
    }

    /// <summary>Ends the gathering.</summary>
    public void Complete()
    {
        Rows = rows.Build();
        Arguments = arguments.Build();
    }

    public void Dispose()
    {
        foreach (var column in (Vector[])[.. Rows?.Columns ?? [], .. Arguments?.Columns ?? []])
        {
            column.Dispose();
        }
        rows.Dispose();
        arguments.Dispose();
        reservation.Dispose();
    }
}

/// <summary>Takes the input's rows.</summary>
internal sealed class CallRowsStage(CallRows rows, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly CompiledExpression[] arguments = rows.Compile();

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        rows.Add(batch, arguments);
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var argument in arguments)
        {
            argument.Dispose();
        }
    }
}
