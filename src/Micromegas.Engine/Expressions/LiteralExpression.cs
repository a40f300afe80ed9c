using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>A constant.</summary>
internal sealed class LiteralExpression : VectorExpression
{
    private readonly ConstantVector vector;

    public LiteralExpression(Scalar value)
        : base(value.Type)
    {
        Value = value;
        vector = new ConstantVector(value.ToVector(), 0);
    }

    public Scalar Value { get; }

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        vector.SetLength(batch.RowCount);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        vector.Dispose();
    }
}
