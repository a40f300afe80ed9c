using Micromegas.Columnar;

namespace Micromegas.Engine.Plans;

/// <summary>
/// A column that some plan node produces. Expressions refer to the object itself, never to a position, so plans can be rearranged freely;
/// positions come in when expressions are compiled against the columns of a node's input.
/// </summary>
public sealed class PlanColumn
{
    private static int lastId;

    public PlanColumn(string name, DataType type, bool nullable = true, string? relation = null)
    {
        Id = Interlocked.Increment(ref lastId);
        Name = name;
        Type = type;
        Nullable = nullable;
        Relation = relation;
    }

    /// <summary>Unique in the process; for printing.</summary>
    public int Id { get; }

    public string Name { get; }

    public DataType Type { get; }

    public bool Nullable { get; }

    /// <summary>Alias or table that the column came from; qualifies it in unaliased output names.</summary>
    public string? Relation { get; }

    /// <summary>Where the statement has the scalar subquery whose value this is.</summary>
    public TextPlace Place { get; init; }

    public Field ToField() => new(Name, Type, Nullable);

    public override string ToString() => Relation is null ? $"{Name}#{Id}" : $"{Relation}.{Name}#{Id}";
}
