using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Takes the values that one call reads; the vectors are overwritten at each call of <see cref="Take"/>.</summary>
internal sealed unsafe class WindowColumns : IDisposable
{
    private readonly IReadOnlyList<WindowInput> inputs;
    private readonly ConstantVector?[] constants;
    private readonly WindowRowReader[] readers;

    public WindowColumns(IReadOnlyList<WindowInput> inputs, WindowBlock block, RowStore store)
    {
        this.inputs = inputs;
        constants = [.. inputs.Select(static input => input.Constant is { } value ? new ConstantVector(value.ToVector(), 0) : null)];
        readers = [.. inputs.Select(_ => new WindowRowReader(block, store))];
        Values = new Vector[inputs.Count];
    }

    /// <summary>What was taken last, one vector an input.</summary>
    public Vector[] Values { get; }

    /// <summary>The values of rows that follow one another.</summary>
    public Vector[] Take(int start, int count)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i] = Constant(i, count) ?? readers[i].Take(inputs[i].Ordinal, start, count);
        }
        return Values;
    }

    /// <summary>The values of any rows; row -1 gives null.</summary>
    public Vector[] Take(int* rows, int count)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i] = Constant(i, count) ?? readers[i].Take(inputs[i].Ordinal, rows, count);
        }
        return Values;
    }

    public void Dispose()
    {
        foreach (var reader in readers)
        {
            reader.Dispose();
        }
        foreach (var constant in constants)
        {
            constant?.Dispose();
        }
    }

    private ConstantVector? Constant(int input, int count)
    {
        constants[input]?.SetLength(count);
        return constants[input];
    }
}
