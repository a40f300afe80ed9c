using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// A compiled expression. One instance serves one worker: it owns its output buffers and overwrites them at each call.
/// <para>
/// <see cref="Evaluate"/> gives a vector of <c>batch.RowCount</c> rows, borrowed until the next call, in which the rows of
/// <c>selection</c> (all when null) are defined; other rows may hold anything. A kernel must not raise an error, nor read an
/// unbounded value, for a row that is not selected; one that cannot fail may compute all rows when that is cheaper.
/// The selection passed in counts, not the one inside the batch.
/// </para>
/// <para>
/// Results may be <see cref="DictionaryVector"/> or <see cref="ConstantVector"/>: a function of one dictionary column runs on the
/// values once per dictionary (by reference of <see cref="DictionaryVector.Values"/>) and shares the codes, if it cannot fail on values that no row uses.
/// </para>
/// </summary>
public abstract class VectorExpression : IDisposable
{
    protected VectorExpression(DataType type) => Type = type;

    public DataType Type { get; }

    /// <summary>The values of the selected rows.</summary>
    public abstract Vector Evaluate(Batch batch, Selection? selection);

    /// <summary>
    /// Of the selected rows (all when null), puts those for which this Boolean expression is true into <paramref name="result"/> (ascending;
    /// never the same object as <paramref name="selection"/>) and returns their number.
    /// </summary>
    public virtual int Filter(Batch batch, Selection? selection, Selection result) =>
        BooleanRows.Select(Evaluate(batch, selection), selection, batch.RowCount, result);

    /// <summary>
    /// Clears the bits of rows for which this Boolean expression is not true, where looking at all rows of a batch costs little and cannot fail.
    /// False when rows must be filtered instead; then nothing has changed.
    /// </summary>
    internal virtual unsafe bool TryKeep(Batch batch, ulong* mask) => false;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
