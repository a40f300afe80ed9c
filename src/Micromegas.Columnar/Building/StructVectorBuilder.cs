namespace Micromegas.Columnar;

/// <summary>Builds a <see cref="StructVector"/>: append one value to each of <see cref="Children"/>, then close the row with <see cref="EndStruct"/>.</summary>
public sealed class StructVectorBuilder : VectorBuilder
{
    public StructVectorBuilder(DataType type)
        : base(type) => Children = [.. type.ValueType.Fields.Select(static field => Create(field.Type))];

    /// <summary>One builder a field.</summary>
    public VectorBuilder[] Children { get; }

    public override long AllocatedBytes => base.AllocatedBytes + Children.Sum(static child => child.AllocatedBytes);

    public override long GrowthBytes(int more)
    {
        var bytes = 0L;
        foreach (var child in Children)
        {
            bytes += child.GrowthBytes(more);
        }
        return bytes;
    }

    public override void Reserve(int rows)
    {
        foreach (var child in Children)
        {
            child.Reserve(rows);
        }
    }

    /// <summary>Makes a row of the values that were appended to the children.</summary>
    public void EndStruct() => CountPresent();

    protected override void AppendDefault()
    {
        foreach (var child in Children)
        {
            child.AppendNull();
        }
    }

    protected override void AppendPresent(Vector source, int row)
    {
        var structs = (StructVector)source.Resolve(ref row);
        for (var i = 0; i < Children.Length; i++)
        {
            Children[i].Append(structs.Children[i], row);
        }
    }

    protected override void AppendBoxed(object value)
    {
        var members = (object?[])value;
        for (var i = 0; i < Children.Length; i++)
        {
            Children[i].AppendValue(members[i]);
        }
    }

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        var vector = new StructVector(Type, Array.ConvertAll(Children, static child => child.Build()), length) { OwnsChildren = true };
        vector.AdoptValidity(validity);
        return vector;
    }

    protected override Vector LookAt(int length) =>
        new StructVector(Type, Array.ConvertAll(Children, static child => child.Look()), length);

    public override void Dispose()
    {
        base.Dispose();
        foreach (var child in Children)
        {
            child.Dispose();
        }
    }
}
