using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Formats;

namespace Micromegas.Engine.Functions;

/// <summary>The result of one row, written as bytes.</summary>
internal delegate void BytesRow(RowArguments arguments, int row, ref BytesWriter writer);

/// <summary>The result of one row of a flat type.</summary>
internal delegate T FlatRow<out T>(RowArguments arguments, int row);

/// <summary>The result of one row of a flat type, which may be null.</summary>
internal delegate T? NullableRow<T>(RowArguments arguments, int row)
    where T : struct;

/// <summary>Appends the result of one row.</summary>
internal delegate void BuiltRow(RowArguments arguments, int row, VectorBuilder output);

/// <summary>Texts and binaries, row by row.</summary>
internal sealed class BytesRowKernel(FunctionSignature signature, BytesRow compute, bool propagatesNulls = true) : BytesKernel(signature.ReturnType)
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    public override bool PropagatesNulls => propagatesNulls;

    public bool Deterministic { get; init; } = true;

    public override bool IsDeterministic => Deterministic;

    /// <summary>Scratch memory that goes with the kernel.</summary>
    public IDisposable? Owned { get; init; }

    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        read.Attach(arguments);
        try
        {
            var cancellation = Interruption.Token;
            foreach (var row in rows)
            {
                writer.Begin(row);
                cancellation.ThrowIfCancellationRequested();
                compute(read, row, ref writer);
            }
        }
        catch (CorruptDataException exception)
        {
            throw DamagedValue.Error(exception);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        Owned?.Dispose();
    }
}

/// <summary>Flat values, row by row.</summary>
internal sealed unsafe class FlatRowKernel<T>(FunctionSignature signature, FlatRow<T> compute) : FlatKernel<T>(signature.ReturnType)
    where T : unmanaged
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    public bool Deterministic { get; init; } = true;

    public override bool IsDeterministic => Deterministic;

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        read.Attach(arguments);
        var cancellation = Interruption.Token;
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            output.Values[row] = compute(read, row);
        }
    }
}

/// <summary>Flat values, row by row, some of them null.</summary>
internal sealed unsafe class NullableRowKernel<T>(FunctionSignature signature, NullableRow<T> compute, bool propagatesNulls = true)
    : FlatKernel<T>(signature.ReturnType)
    where T : unmanaged
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    public override bool PropagatesNulls => propagatesNulls;

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        read.Attach(arguments);
        try
        {
            var cancellation = Interruption.Token;
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                if (compute(read, row) is { } value)
                {
                    output.Values[row] = value;
                }
                else
                {
                    Nulls.Set(output, row);
                }
            }
        }
        catch (CorruptDataException exception)
        {
            throw DamagedValue.Error(exception);
        }
    }
}

/// <summary>Booleans, row by row.</summary>
internal sealed unsafe class BitRowKernel(FunctionSignature signature, NullableRow<bool> compute, bool propagatesNulls = true) : BitKernel
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    public override bool PropagatesNulls => propagatesNulls;

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        read.Attach(arguments);
        var cancellation = Interruption.Token;
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var value = compute(read, row);
            Bitmap.Assign(output.Words, row, value == true);
            if (value is null)
            {
                Nulls.Set(output, row);
            }
        }
    }
}

/// <summary>Values of any type, row by row; appends a null or a value for each.</summary>
internal sealed class BuiltRowKernel(FunctionSignature signature, BuiltRow compute, bool propagatesNulls = true) : BuildingKernel(signature.ReturnType)
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    public override bool PropagatesNulls => propagatesNulls;

    protected override void Begin(Vector[] arguments) => read.Attach(arguments);

    protected override void Append(int row, VectorBuilder output)
    {
        Interruption.ThrowIfRequested();
        try
        {
            compute(read, row, output);
        }
        catch (CorruptDataException exception)
        {
            throw DamagedValue.Error(exception);
        }
    }
}

/// <summary>Values that are not what their type says.</summary>
internal static class DamagedValue
{
    public static EngineException Error(CorruptDataException exception) => new(SqlState.DataCorrupted, "A JSONB value is damaged: " + exception.Message, exception);
}
