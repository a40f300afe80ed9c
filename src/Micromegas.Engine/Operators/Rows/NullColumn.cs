using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>A column of any type in which every row is null.</summary>
internal sealed class NullColumn : IDisposable
{
    private readonly ConstantVector vector;

    public NullColumn(DataType type)
    {
        using var builder = VectorBuilder.Create(type.ValueType, 1);
        builder.AppendNull();
        var value = builder.Build();
        value.Relabel(type);
        vector = new ConstantVector(value, 0);
    }

    public Vector Take(int count)
    {
        vector.SetLength(count);
        return vector;
    }

    public void Dispose() => vector.Dispose();
}
