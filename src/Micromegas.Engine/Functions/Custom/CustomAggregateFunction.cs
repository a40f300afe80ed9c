using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// An aggregate that is a fold in C#. A group's values are kept until all are there, as the state of a fold cannot be merged or spilled; then each group is
/// folded at once. NULLs are skipped; the order of the rows is not defined.
/// </summary>
internal sealed class CustomAggregateFunction<T, TState, TResult>(
    string name, Func<TState> seed, Func<TState, T, TState> add, Func<TState, TResult> finish) : AggregateFunction(name)
{
    private readonly Func<TState> seed = seed;
    private readonly Func<TState, TResult> finish = finish;

    public override string Usage => $"({ClrValue<T>.Type})";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return ClrValue<T>.Accepts(arguments.Types[0])
            ? new FunctionSignature([ClrValue<T>.ArgumentType], ClrValue<TResult>.Type)
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new FoldAccumulator(this, new ListAccumulator(DataType.List(ClrValue<T>.ArgumentType)));

    private TResult Fold(ListReader lists, int group)
    {
        try
        {
            var state = seed();
            for (var i = lists.Start(group); i < lists.End(group); i++)
            {
                if (!lists.Items.IsNull(i))
                {
                    state = add(state, ClrValue<T>.Unbox(lists.Items.GetValue(i)!));
                }
            }
            return finish(state);
        }
        catch (Exception error) when (error is not (EngineException or OperationCanceledException))
        {
            throw new EngineException(SqlState.ExternalRoutineException, $"{Name}: {error.Message}", error);
        }
    }

    private sealed unsafe class FoldAccumulator(CustomAggregateFunction<T, TState, TResult> function, ListAccumulator values) : Accumulator
    {
        public override IReadOnlyList<DataType> StateTypes => values.StateTypes;

        public override long MemoryBytes => values.MemoryBytes;

        public override void Resize(int groupCount) => values.Resize(groupCount);

        public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
            values.Update(arguments, groups, selection, rowCount);

        public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) => values.UpdateSingle(arguments, selection, rowCount);

        public override Vector[] ExportState(int start, int count) => values.ExportState(start, count);

        public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => values.ImportState(state, groups, rowCount);

        public override Vector Finish(int start, int count)
        {
            using var lists = values.Finish(start, count);
            var reader = new ListReader(lists);
            using var output = VectorBuilder.Create(ClrValue<TResult>.Type);
            for (var group = 0; group < count; group++)
            {
                output.AppendValue(ClrValue<TResult>.Box(lists.IsNull(group) ? function.finish(function.seed()) : function.Fold(reader, group)));
            }
            return output.Build();
        }

        public override void Dispose()
        {
            base.Dispose();
            values.Dispose();
        }
    }
}
