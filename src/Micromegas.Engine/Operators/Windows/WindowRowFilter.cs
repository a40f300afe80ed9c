using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Takes the arguments of an aggregate call for some rows and says which of the rows it adds: those that FILTER leaves, that have a value (IGNORE NULLS)
/// and that are new in their group (DISTINCT).
/// </summary>
internal sealed unsafe class WindowRowFilter : IDisposable
{
    private readonly WindowCallSpec spec;
    private readonly WindowColumns columns;
    private readonly WindowColumns? filters;
    private readonly bool isDistinct;
    private readonly FlatVector<int> groupVector = new(DataType.Int32);
    private readonly NativeList<int> numbers = new();
    private readonly Selection kept = new();
    private readonly Selection fresh = new();
    private KeyTable? seen;
    private KeyEncoder? encoder;

    public WindowRowFilter(WindowCallSpec spec, WindowBlock block, RowStore store)
    {
        this.spec = spec;
        columns = new WindowColumns(spec.Arguments, block, store);
        filters = spec.Filter is { } filter ? new WindowColumns([filter], block, store) : null;
        isDistinct = spec.Call.Distinct && !spec.Call.Aggregate!.IgnoresDuplicates;
    }

    public Vector[] Arguments => columns.Values;

    /// <summary>Whether duplicates are left out, for which the whole frame must be seen.</summary>
    public bool IsDistinct => isDistinct;

    public long Bytes => seen?.Bytes ?? 0;

    /// <summary>Forgets the groups so far.</summary>
    public void Begin()
    {
        if (isDistinct)
        {
            seen?.Dispose();
            encoder?.Dispose();
            seen = new KeyTable([DataType.Int32, .. spec.Arguments.Select(static argument => argument.Type)]);
            encoder = new KeyEncoder(seen, add: true);
        }
    }

    /// <summary>Takes up to a batch of rows that follow one another; gives those that count, all when null.</summary>
    public Selection? Take(int start, int* groups, int count)
    {
        columns.Take(start, count);
        filters?.Take(start, count);
        return Choose(groups, count);
    }

    /// <summary>The same for any rows.</summary>
    public Selection? Take(int* rows, int* groups, int count)
    {
        columns.Take(rows, count);
        filters?.Take(rows, count);
        return Choose(groups, count);
    }

    public void Dispose()
    {
        columns.Dispose();
        filters?.Dispose();
        groupVector.Dispose();
        numbers.Dispose();
        kept.Dispose();
        fresh.Dispose();
        seen?.Dispose();
        encoder?.Dispose();
    }

    private Selection? Choose(int* groups, int count)
    {
        Selection? selection = null;
        if (filters is not null)
        {
            var reader = new BitReader(filters.Values[0]);
            var values = filters.Values[0];
            selection = kept;
            selection.Count = 0;
            for (var i = 0; i < count; i++)
            {
                if (!values.IsNull(i) && reader[i])
                {
                    selection.Rows[selection.Count++] = i;
                }
            }
        }
        if (spec.Call.IgnoreNulls && Arguments.Length > 0 && Arguments[0].MayHaveNulls)
        {
            selection = DropNulls(selection, count);
        }
        return isDistinct ? DropKnown(selection, groups, count) : selection;
    }

    private Selection DropNulls(Selection? selection, int count)
    {
        var present = 0;
        var candidates = selection?.Count ?? count;
        for (var i = 0; i < candidates; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            if (!Arguments[0].IsNull(row))
            {
                kept.Rows[present++] = row;
            }
        }
        kept.Count = present;
        return kept;
    }

    private Selection DropKnown(Selection? selection, int* groups, int count)
    {
        var known = seen!.Count;
        numbers.EnsureCapacity(Math.Max(count, Batch.MaxRows));
        groupVector.Attach(groups, count);
        encoder!.Resolve([groupVector, .. Arguments], selection, count, numbers.Items);
        fresh.Count = 0;
        var candidates = selection?.Count ?? count;
        for (var i = 0; i < candidates; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            if (numbers[row] == known)
            {
                known++;
                fresh.Rows[fresh.Count++] = row;
            }
        }
        return fresh;
    }
}
