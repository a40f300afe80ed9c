using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>A predicate of a scan, compiled for one worker, with the columns that it is the first to read.</summary>
internal sealed class ScanStep : IDisposable
{
    /// <summary>Rows after which a predicate that follows from a join may be dropped.</summary>
    private const int Trial = 8 * 1024;

    private long seen;
    private long kept;

    /// <param name="predicate">The predicate.</param>
    /// <param name="tableColumns">Columns of the table.</param>
    /// <param name="known">Those of them that were read before; the predicate's are marked.</param>
    /// <param name="context">The statement.</param>
    public ScanStep(ScanPredicate predicate, IReadOnlyList<PlanColumn> tableColumns, bool[] known, QueryContext context)
    {
        JoinBound = predicate.JoinBound;
        Expression = ExpressionCompiler.Compile(predicate.Predicate, tableColumns, context);
        Reads = TakeUnknown(predicate.Ordinals, known);
        DictionaryColumn = predicate.IsDecidedByDictionary ? predicate.Ordinal : null;
    }

    public VectorExpression Expression { get; }

    public JoinBound? JoinBound { get; }

    /// <summary>
    /// Whether the rest of the row group does without the predicate: it is true for every value that occurs, or it follows from a join and was true for most rows so far.
    /// </summary>
    public bool IsIdle { get; private set; }

    /// <summary>Begins a row group.</summary>
    public void Start()
    {
        JoinBound?.CountTrial();
        IsIdle = JoinBound is { IsVain: true };
        (seen, kept) = (0, 0);
    }

    /// <summary>Remembers how many rows satisfied the predicate.</summary>
    public void Count(int before, int after)
    {
        if (JoinBound is null)
        {
            return;
        }
        JoinBound.CountRows(before - after);
        seen += before;
        kept += after;
        IsIdle = seen >= Trial && kept * 4 > seen * 3;
    }

    /// <summary>Columns of the table that nobody has read before.</summary>
    public int[] Reads { get; }

    /// <summary>The column whose dictionary tells whether any row can satisfy the predicate; null when there is no such column.</summary>
    public int? DictionaryColumn { get; }

    /// <summary>Those columns that nobody has read before, which then are known.</summary>
    public static int[] TakeUnknown(IReadOnlyList<int> ordinals, bool[] known)
    {
        var result = new int[ordinals.Count];
        var count = 0;
        for (var i = 0; i < result.Length; i++)
        {
            if (!known[ordinals[i]])
            {
                known[ordinals[i]] = true;
                result[count++] = ordinals[i];
            }
        }
        return count == result.Length ? result : result[..count];
    }

    /// <summary>Whether the predicate is true for any value of a dictionary. If it is true for all of them, the row group does without it.</summary>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="hasNulls">Whether rows may have none of its values.</param>
    /// <param name="field">Its column.</param>
    /// <param name="batch">A batch of the table's columns to use.</param>
    /// <param name="found">A selection to use.</param>
    public bool MayMatch(Vector dictionary, bool hasNulls, Field field, Batch batch, Selection found)
    {
        var mayMatch = DictionaryTest.IsTrueForAny(Expression, dictionary, field, batch, DictionaryColumn!.Value, found, out var isAlways);
        IsIdle |= isAlways && !hasNulls;
        return mayMatch;
    }

    public void Dispose() => Expression.Dispose();
}
