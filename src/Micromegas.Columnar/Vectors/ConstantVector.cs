namespace Micromegas.Columnar;

/// <summary>The same value in every row: row 0 of <see cref="Value"/>.</summary>
public sealed class ConstantVector : Vector
{
    public ConstantVector(Vector value, int length)
        : base(value.Type)
    {
        Value = value;
        Length = length;
    }

    /// <summary>
    /// A plain vector of one row. Its content never changes while anything refers to it, so whoever remembers what it computed from a value may compare
    /// references instead of contents: kernels (a compiled pattern) and key caches do. A constant that changes brings another vector.
    /// </summary>
    public Vector Value { get; }

    public override bool MayHaveNulls => Value.IsNull(0);

    public override long OwnedBytes => Value.OwnedBytes;

    public override bool IsNull(int row) => Value.IsNull(0);

    public override Vector Resolve(ref int row)
    {
        row = 0;
        return Value.Resolve(ref row);
    }

    public override void Dispose()
    {
        base.Dispose();
        Value.Dispose();
    }
}
