namespace Micromegas.Columnar;

/// <summary>Rows that are all null: the only vector of type <c>Null</c>.</summary>
public sealed class NullVector : Vector
{
    public NullVector(int length)
        : base(DataType.Null) => Length = length;

    public override bool MayHaveNulls => true;

    public override bool IsNull(int row) => true;
}
