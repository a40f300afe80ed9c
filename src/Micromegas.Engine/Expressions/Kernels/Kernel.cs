using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// The computing half of an expression: from argument vectors of any encoding to an output vector. <see cref="KernelExpression"/> evaluates the
/// arguments, and runs the kernel once per dictionary or constant where it can. One instance serves one worker.
/// </summary>
internal abstract class Kernel : IDisposable
{
    protected Kernel(DataType type) => Type = type;

    /// <summary>Type of the result.</summary>
    public DataType Type { get; }

    /// <summary>Whether equal arguments give equal results, so that one computation may serve many rows.</summary>
    public virtual bool IsDeterministic => true;

    /// <summary>Whether a row with a null argument gives null; then nulls of a dictionary's codes pass through without asking the kernel.</summary>
    public virtual bool PropagatesNulls => true;

    /// <summary>
    /// Computes the selected rows. <paramref name="reuse"/> is an output of this kernel that may be overwritten; without one a new vector is
    /// made, which the caller owns. Must not fail for rows that are not selected, nor read their values where that could go out of bounds.
    /// </summary>
    public abstract Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse);

    /// <summary>Puts the selected rows for which this Boolean kernel is true into <paramref name="result"/>; -1 = there is no way faster than <see cref="Compute"/>.</summary>
    public virtual int Filter(Vector[] arguments, Selection? selection, int rowCount, Selection result) => -1;

    /// <summary>Clears the bits of rows for which this Boolean kernel is not true; false, and nothing has changed, when there is no way to do it for all rows at little cost.</summary>
    public virtual unsafe bool TryKeep(Vector[] arguments, int rowCount, ulong* mask) => false;

    public virtual void Dispose()
    {
    }
}

/// <summary>A kernel whose result is built row by row: nested types, and whatever decides about nulls itself. It makes a new vector each time.</summary>
internal abstract class BuildingKernel : Kernel
{
    private VectorBuilder? builder;

    protected BuildingKernel(DataType type)
        : base(type)
    {
    }

    public sealed override Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        reuse?.Dispose();
        builder ??= VectorBuilder.Create(Type.ValueType, rowCount);
        Begin(arguments);
        var count = selection?.Count ?? rowCount;
        for (var i = 0; i < count; i++)
        {
            var row = selection is null ? i : selection.Span[i];
            builder.PadWithNulls(row);
            if (PropagatesNulls && AnyNull(arguments, row))
            {
                builder.AppendNull();
            }
            else
            {
                Append(row, builder);
            }
        }
        builder.PadWithNulls(rowCount);
        var vector = builder.Build();
        vector.Relabel(Type);
        return vector;
    }

    /// <summary>Looks at the arguments of a batch.</summary>
    protected abstract void Begin(Vector[] arguments);

    /// <summary>Appends the result of a row to a builder of the kernel's (value) type.</summary>
    protected abstract void Append(int row, VectorBuilder output);

    public override void Dispose()
    {
        base.Dispose();
        builder?.Dispose();
        builder = null;
    }

    private static bool AnyNull(Vector[] arguments, int row)
    {
        foreach (var argument in arguments)
        {
            if (argument.IsNull(row))
            {
                return true;
            }
        }
        return false;
    }
}
