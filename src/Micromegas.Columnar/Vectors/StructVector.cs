namespace Micromegas.Columnar;

/// <summary>Structs: one child a field, all as long as the vector. A null struct's members are unspecified.</summary>
public sealed class StructVector : Vector
{
    public StructVector(DataType type, Vector[] children, int length)
        : base(type)
    {
        Children = children;
        Length = length;
    }

    public Vector[] Children { get; }

    /// <summary>Whether this vector disposes <see cref="Children"/> with itself.</summary>
    public bool OwnsChildren { get; set; }

    public override long OwnedBytes => base.OwnedBytes + (OwnsChildren ? Children.Sum(static child => child.OwnedBytes) : 0);

    public override void Dispose()
    {
        base.Dispose();
        if (OwnsChildren)
        {
            foreach (var child in Children)
            {
                child.Dispose();
            }
        }
    }
}
