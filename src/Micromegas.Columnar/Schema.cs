using System.Collections.Immutable;

namespace Micromegas.Columnar;

/// <summary>The ordered fields of a table or batch. Names need not be unique (a query result may repeat one).</summary>
public sealed class Schema : IEquatable<Schema>
{
    public Schema(params ReadOnlySpan<Field> fields) => Fields = [.. fields];

    public Schema(ImmutableArray<Field> fields) => Fields = fields;

    public static Schema Empty { get; } = new(ImmutableArray<Field>.Empty);

    public ImmutableArray<Field> Fields { get; }

    public int Count => Fields.Length;

    public Field this[int ordinal] => Fields[ordinal];

    /// <summary>Ordinal of the first field of that exact name, or -1.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Fields.Length; i++)
        {
            if (string.Equals(Fields[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>The schema of the given ordinals, in that order.</summary>
    public Schema Project(ReadOnlySpan<int> ordinals)
    {
        var fields = ImmutableArray.CreateBuilder<Field>(ordinals.Length);
        foreach (var ordinal in ordinals)
        {
            fields.Add(Fields[ordinal]);
        }
        return new Schema(fields.MoveToImmutable());
    }

    public bool Equals(Schema? other) => other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as Schema);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var field in Fields)
        {
            hash.Add(field);
        }
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", Fields);
}
