using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Finds keys of left rows in a <see cref="JoinTable"/>, for one worker.</summary>
internal abstract unsafe class JoinLookup : IDisposable
{
    /// <summary>The number of each selected row's key, put at the row's place; -1 where the key is not there.</summary>
    public abstract void Resolve(ReadOnlySpan<Vector> keys, Selection? selection, int rowCount, int* numbers);

    /// <summary>Runs of rows with the numbers of their keys, where a whole batch comes in runs; empty when nothing was done.</summary>
    public virtual ReadOnlySpan<DictionaryRun> TryResolveRuns(ReadOnlySpan<Vector> keys, int rowCount) => [];

    public abstract void Dispose();
}

/// <summary>Finds keys of any kind.</summary>
internal sealed unsafe class KeyLookup(KeyTable table) : JoinLookup
{
    private readonly KeyEncoder encoder = new(table, add: false);

    public override void Resolve(ReadOnlySpan<Vector> keys, Selection? selection, int rowCount, int* numbers) => encoder.Resolve(keys, selection, rowCount, numbers);

    public override ReadOnlySpan<DictionaryRun> TryResolveRuns(ReadOnlySpan<Vector> keys, int rowCount) => encoder.TryResolveRuns(keys, rowCount);

    public override void Dispose() => encoder.Dispose();
}
