using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// A compiled call that waits for something outside, such as a store: <see cref="PrepareAsync"/> starts that, and the worker takes other work until it has come. Where a call
/// cannot be prepared (in a branch of CASE, which decides row by row), <see cref="VectorExpression.Evaluate"/> does both and holds its worker.
/// </summary>
public abstract class AsyncVectorExpression(DataType type) : VectorExpression(type)
{
    /// <summary>
    /// Starts what the next <see cref="VectorExpression.Evaluate"/>, of the same batch and selection, needs. The arguments are computed before this returns; both stay
    /// valid until then.
    /// </summary>
    public abstract Task PrepareAsync(Batch batch, Selection? selection);

    /// <summary>Such a call has no truth value.</summary>
    public sealed override int Filter(Batch batch, Selection? selection, Selection result) =>
        throw new InvalidOperationException($"{GetType().Name} is no condition.");
}
