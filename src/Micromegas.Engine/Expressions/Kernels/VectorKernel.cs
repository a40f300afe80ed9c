using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>A kernel that writes its rows into one vector, which is null where an argument is; a vector made for a computation that fails is given back.</summary>
internal abstract class VectorKernel<TVector> : Kernel
    where TVector : Vector
{
    protected VectorKernel(DataType type)
        : base(type)
    {
    }

    public sealed override unsafe Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        var output = (TVector?)reuse ?? Create();
        try
        {
            Prepare(output, rowCount);
            var validity = PropagatesNulls ? Nulls.Combine(arguments, output, selection, rowCount) : null;
            Run(arguments, new RowSet(selection, rowCount, validity), output);
            return output;
        }
        catch
        {
            if (reuse is null)
            {
                output.Dispose();
            }
            throw;
        }
    }

    /// <summary>Computes <paramref name="rows"/>; may compute others too when it cannot fail.</summary>
    protected abstract void Run(Vector[] arguments, RowSet rows, TVector output);

    private protected abstract TVector Create();

    private protected abstract void Prepare(TVector output, int rowCount);
}

/// <summary>A kernel with a result of constant width.</summary>
internal abstract class FlatKernel<T>(DataType type) : VectorKernel<FlatVector<T>>(type)
    where T : unmanaged
{
    private protected sealed override FlatVector<T> Create() => new(Type);

    private protected sealed override void Prepare(FlatVector<T> output, int rowCount) => output.Prepare(rowCount);
}

/// <summary>A kernel with a result of constant width that only its type tells.</summary>
internal abstract class FlatKernel(DataType type) : VectorKernel<FlatVector>(type)
{
    private protected sealed override FlatVector Create() => FlatVector.Create(Type);

    private protected sealed override void Prepare(FlatVector output, int rowCount) => output.Prepare(rowCount);
}

/// <summary>A kernel with a Boolean result.</summary>
internal abstract class BitKernel(DataType? type = null) : VectorKernel<BitVector>(type ?? DataType.Boolean)
{
    private protected sealed override BitVector Create() => new(Type);

    private protected sealed override void Prepare(BitVector output, int rowCount) => output.Prepare(rowCount);
}

/// <summary>A kernel with a text or binary result.</summary>
internal abstract class BytesKernel(DataType type) : VectorKernel<BinaryVector>(type)
{
    private const int FirstCapacity = 1024;

    /// <summary>Writes <paramref name="rows"/> in order: <see cref="BytesWriter.Begin"/> with the row, then its bytes.</summary>
    protected abstract void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer);

    protected sealed override void Run(Vector[] arguments, RowSet rows, BinaryVector output)
    {
        var writer = new BytesWriter(output);
        Run(arguments, rows, ref writer);
        writer.Finish();
    }

    private protected sealed override BinaryVector Create() => BinaryVector.Create(Type);

    private protected sealed override void Prepare(BinaryVector output, int rowCount) => output.Prepare(rowCount, Math.Max(output.ByteCapacity, FirstCapacity));
}
