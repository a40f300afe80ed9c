using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary>Gives the errors of an accumulator its call's place in the statement's text.</summary>
internal sealed unsafe class LocatedAccumulator : Accumulator
{
    private readonly Accumulator inner;
    private readonly TextPlace place;

    private LocatedAccumulator(Accumulator inner, TextPlace place)
    {
        this.inner = inner;
        this.place = place;
    }

    public override IReadOnlyList<DataType> StateTypes => inner.StateTypes;

    public override long MemoryBytes => inner.MemoryBytes;

    /// <summary>The accumulator itself where it cannot fail: sums of integers wrap, floats know infinities, and the extremes of anything exist.</summary>
    public static Accumulator Of(Accumulator accumulator, AggregateFunction function, FunctionSignature signature, TextPlace place) =>
        !place.IsKnown || accumulator is FusedAccumulator || function.Name is "count" or "min" or "max" || signature.ReturnType.IsInteger || signature.ReturnType.IsFloat
        && function.Name is "sum" or "avg"
            ? accumulator
            : new LocatedAccumulator(accumulator, place);

    /// <summary>A new accumulator, not located yet.</summary>
    public static Accumulator Create(AggregateFunction function, FunctionSignature signature, FunctionArguments arguments, TextPlace place, QueryContext context)
    {
        try
        {
            return function.CreateAccumulator(signature, arguments, context);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override void Resize(int groupCount) => inner.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        try
        {
            inner.Update(arguments, groups, selection, rowCount);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        try
        {
            inner.UpdateSingle(arguments, selection, rowCount);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        try
        {
            return inner.TryUpdateRuns(arguments, runs, rowCount);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override Vector[] ExportState(int start, int count) => inner.ExportState(start, count);

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        try
        {
            inner.ImportState(state, groups, rowCount);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    internal override long GrowthBytes(int rows) => inner.GrowthBytes(rows);

    internal override bool IsFixedSize => inner.IsFixedSize;

    internal override bool HasPasses => inner.HasPasses;

    internal override long StateBytes(int group) => inner.StateBytes(group);

    internal override Vector[] ExportPiece(int group, int piece, long bytes) => inner.ExportPiece(group, piece, bytes);

    internal override void BeginPasses(int groups, long bytes) => inner.BeginPasses(groups, bytes);

    internal override bool EndPass() => inner.EndPass();

    public override Vector Finish(int start, int count)
    {
        try
        {
            return inner.Finish(start, count);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        inner.Dispose();
    }
}
