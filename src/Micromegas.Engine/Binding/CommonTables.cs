using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The common table expressions that a query can name: its own, then those around it.</summary>
internal sealed class CommonTables(CommonTables? outer)
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>A named query; it is bound anew at each use, so each use has columns of its own.</summary>
    /// <param name="Syntax">The definition.</param>
    /// <param name="Visible">What the definition itself may name.</param>
    /// <param name="Scope">The scope around the WITH clause.</param>
    /// <param name="Working">Set while the step of a recursion is bound: the name then means the rows found last.</param>
    /// <param name="IsRecursive">Whether the definition names itself.</param>
    public sealed record Entry(CommonTableExpression Syntax, CommonTables Visible, Scope? Scope, RecursiveTable? Working, bool IsRecursive);

    /// <summary>The definitions that were looked up.</summary>
    private readonly HashSet<Entry> used = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether some query named the definition.</summary>
    public bool IsUsed(Entry entry) => used.Contains(entry) || (outer?.IsUsed(entry) ?? false);

    public bool Add(string name, Entry entry) => entries.TryAdd(name, entry);

    public Entry? Find(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            return outer?.Find(name);
        }
        used.Add(entry);
        return entry;
    }
}

/// <summary>What a query became.</summary>
/// <param name="Plan">Its plan; the columns carry the output names.</param>
internal readonly record struct BoundQuery(LogicalPlan Plan)
{
    public IReadOnlyList<PlanColumn> Columns => Plan.Columns;
}
