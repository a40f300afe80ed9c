using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>A column of the batch, as it is.</summary>
internal sealed class ColumnExpression(DataType type, int ordinal) : VectorExpression(type)
{
    /// <summary>Its place in the batch.</summary>
    public int Ordinal { get; } = ordinal;

    public override Vector Evaluate(Batch batch, Selection? selection) => batch.Columns[Ordinal];
}
