using System.Globalization;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Catalog;

/// <summary>
/// A predicate that follows from a join above a scan: a row for which it is not true has no match. What the scan spares by it is counted; where that is
/// nothing, the scan need not apply it. Thread-safe.
/// </summary>
public sealed class JoinBound
{
    /// <summary>Row groups after which a predicate that has spared nothing is not tried any more.</summary>
    private const int MostVain = 4;

    private readonly string column;
    private int tried;
    private long rowGroups;
    private long rows;

    internal JoinBound(BoundExpression predicate, string column, string summary)
    {
        Predicate = predicate;
        this.column = column;
        Summary = summary;
    }

    public BoundExpression Predicate { get; }

    /// <summary>Row groups that were not decoded because of it.</summary>
    public long SparedRowGroups => Volatile.Read(ref rowGroups);

    /// <summary>Rows that were not delivered because of it, those of <see cref="SparedRowGroups"/> among them.</summary>
    public long SparedRows => Volatile.Read(ref rows);

    /// <summary>Whether rows and dictionaries need not be looked at: that was in vain so far.</summary>
    internal bool IsVain => Volatile.Read(ref tried) > MostVain && SparedRows == 0;

    /// <summary>What is known of the values, in a few words.</summary>
    internal string Summary { get; }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"join bound {column}: {Summary}, spared row groups={SparedRowGroups} rows={SparedRows}");

    internal void CountRowGroup(long rowCount)
    {
        Interlocked.Increment(ref rowGroups);
        Interlocked.Add(ref rows, rowCount);
    }

    /// <summary>A row group is looked into.</summary>
    internal void CountTrial() => Interlocked.Increment(ref tried);

    internal void CountRows(long rowCount) => Interlocked.Add(ref rows, rowCount);
}
