using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Takes the values that one call reads; the vectors are overwritten at each call of <see cref="Take"/>.</summary>
internal sealed unsafe class WindowColumns : IDisposable
{
    private readonly IReadOnlyList<WindowInput> inputs;
    private readonly ConstantVector?[] constants;
    private readonly RowReader reader;

    public WindowColumns(IReadOnlyList<WindowInput> inputs, RowStore store)
    {
        this.inputs = inputs;
        constants = [.. inputs.Select(static input => input.Constant is { } value ? new ConstantVector(value.ToVector(), 0) : null)];
        reader = store.CreateReader();
        Values = new Vector[inputs.Count];
    }

    /// <summary>What was taken last, one vector an input.</summary>
    public Vector[] Values { get; }

    /// <summary>The values of the rows with the given ids.</summary>
    public Vector[] Take(int* ids, int count)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            if (constants[i] is { } constant)
            {
                constant.SetLength(count);
                Values[i] = constant;
            }
            else
            {
                Values[i] = reader.Take(inputs[i].Ordinal, ids, count);
            }
        }
        return Values;
    }

    public void Dispose()
    {
        reader.Dispose();
        foreach (var constant in constants)
        {
            constant?.Dispose();
        }
    }
}
