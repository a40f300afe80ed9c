namespace Micromegas.Columnar;

internal sealed class NullVectorBuilder() : VectorBuilder(DataType.Null)
{
    public override void Reserve(int rows)
    {
    }

    protected override void AppendDefault()
    {
    }

    protected override void AppendPresent(Vector source, int row) => throw new InvalidOperationException("A value of type Null is always null.");

    protected override void AppendBoxed(object value) => throw new InvalidOperationException("A value of type Null is always null.");

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        validity?.Dispose();
        return new NullVector(length);
    }

    protected override Vector LookAt(int length) => new NullVector(length);
}
