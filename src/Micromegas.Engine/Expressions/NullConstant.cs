using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Makes constants that are null but lie as their type wants.</summary>
internal static class NullConstant
{
    public static ConstantVector Create(DataType type, int rowCount) => new(new Scalar(type, null).ToVector(), rowCount);
}
