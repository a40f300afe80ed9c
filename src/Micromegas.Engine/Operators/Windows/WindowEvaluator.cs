using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Computes one window call, block after block, the rows of a block in order.</summary>
internal abstract class WindowEvaluator : IDisposable
{
    private readonly MemoryReservation reservation;

    protected WindowEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
    {
        Spec = spec;
        Block = block;
        State = state;
        reservation = state.Reserve();
    }

    protected WindowCallSpec Spec { get; }

    protected WindowBlock Block { get; }

    protected SortState State { get; }

    protected RowStore Store => State.Store;

    protected DataType Type => Spec.Call.Column.Type;

    public static WindowEvaluator Create(WindowCallSpec spec, WindowBlock block, SortState state) => spec.Call switch
    {
        { Aggregate: not null, Frame: var frame } when WindowFrames.IsWhole(frame) => new PartitionAggregateEvaluator(spec, block, state),
        { Aggregate: not null, Frame: var frame } when WindowFrames.IsGrowing(frame) => new RunningAggregateEvaluator(spec, block, state),
        { Aggregate: not null } => new FrameAggregateEvaluator(spec, block, state),
        { Name: "lag" or "lead" } => new ShiftEvaluator(spec, block, state),
        { Name: "first_value" or "last_value" or "nth_value" } => new PositionEvaluator(spec, block, state),
        { Name: "ntile" } => new TileEvaluator(spec, block, state),
        { Name: "percent_rank" or "cume_dist" } => new RelativeRankEvaluator(spec, block, state),
        _ => new RankEvaluator(spec, block, state),
    };

    /// <summary>The block holds other rows.</summary>
    public abstract void Begin(WorkerContext worker);

    /// <summary>The results of rows of the block, which follow those asked for last; overwritten at the next call.</summary>
    public abstract Vector Evaluate(int start, int count, WorkerContext worker);

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected Accumulator CreateAccumulator() => LocatedAccumulator.Of(
        LocatedAccumulator.Create(Spec.Call.Aggregate!, Spec.Call.Signature, Spec.Call.FunctionArguments, Spec.Call.Place, State.Context),
        Spec.Call.Aggregate!, Spec.Call.Signature, Spec.Call.Place);

    /// <summary>Asks to hold so much.</summary>
    protected bool TryHold(long bytes) => reservation.TryResize(bytes);

    /// <summary>Says how much the evaluator holds now.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses.</exception>
    protected void Hold(long bytes)
    {
        if (!reservation.TryResize(bytes))
        {
            reservation.Grow(bytes - reservation.Bytes);
        }
    }
}
