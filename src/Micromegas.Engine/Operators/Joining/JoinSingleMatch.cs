using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// Joins rows that have one match at most, without a further condition: the batch goes on as it is, narrowed and with the right columns beside it. Where keys come in
/// runs, a run is joined at once.
/// </summary>
internal sealed unsafe class JoinSingleMatch : IDisposable
{
    private readonly JoinTable table;
    private readonly JoinSpec spec;
    private readonly JoinPairs pairs;
    private readonly JoinLookup lookup;
    private readonly NativeList<int> ids = new();
    private readonly NativeList<DictionaryRun> runs = new();
    private readonly Selection selected = new();
    private readonly Batch output;
    private readonly DictionaryVector?[] coded;

    /// <param name="table">The build side.</param>
    /// <param name="spec">The join.</param>
    /// <param name="pairs">Takes rows.</param>
    /// <param name="lookup">Looks up keys.</param>
    public JoinSingleMatch(JoinTable table, JoinSpec spec, JoinPairs pairs, JoinLookup lookup)
    {
        this.table = table;
        this.spec = spec;
        this.pairs = pairs;
        this.lookup = lookup;
        output = new Batch(spec.Schema, new Vector[spec.Schema.Count]);
        coded = [.. spec.RightColumns.Select((column, i) => table.Values?[i] is { } values ? new DictionaryVector(column.Type, values) : null)];
    }

    /// <summary>Whether all right columns are known by the numbers of keys.</summary>
    private bool IsCoded => coded.Length > 0 && Array.TrueForAll(coded, static column => column is not null);

    /// <summary>Joins a batch whose keys come in runs; false where they do not, or where a run has no match. The joined batch is empty where no run has.</summary>
    public bool TryJoinRuns(Batch batch, Vector[] keys, out Batch? joined)
    {
        joined = null;
        if (!IsCoded || batch.Selection is not null)
        {
            return false;
        }
        var found = lookup.TryResolveRuns(keys, batch.RowCount);
        if (found.Length == 0)
        {
            return false;
        }
        var matching = 0;
        foreach (var run in found)
        {
            matching += run.Code >= 0 ? 1 : 0;
        }
        if (matching == 0 && !spec.KeepsLeft)
        {
            return true;
        }
        if (matching < found.Length)
        {
            return false;
        }
        runs.Count = 0;
        runs.EnsureCapacity(found.Length);
        runs.Count = found.Length;
        found.CopyTo(runs.Span);
        batch.Columns.CopyTo(output.Columns, 0);
        for (var i = 0; i < coded.Length; i++)
        {
            coded[i]!.AttachRuns(table.Values![i]!, runs.Items, runs.Count, batch.RowCount);
            output.Columns[spec.LeftColumns.Count + i] = coded[i]!;
        }
        output.RowCount = batch.RowCount;
        output.Selection = null;
        joined = output;
        return true;
    }

    /// <summary>Joins a batch by the numbers of its rows' keys; null when no row is left.</summary>
    public Batch? Join(Batch batch, int* numbers)
    {
        var count = batch.SelectedCount;
        ids.EnsureCapacity(batch.RowCount);
        new Span<int>(ids.Items, batch.RowCount).Fill(-1);
        selected.Count = 0;
        var isComplete = true;
        for (var i = 0; i < count; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            var number = numbers[row];
            if (number < 0)
            {
                isComplete = false;
                if (!spec.KeepsLeft)
                {
                    continue;
                }
            }
            else
            {
                var rows = table.RowsOf(number);
                if (rows.Length > 1)
                {
                    spec.ThrowManyRows();
                }
                ids.Items[row] = rows[0];
            }
            selected.Rows[selected.Count++] = row;
        }
        if (selected.Count == 0)
        {
            return null;
        }
        if (selected.Count * 4 < batch.RowCount)
        {
            return JoinFew(batch);
        }
        batch.Columns.CopyTo(output.Columns, 0);
        TakeRight(batch, numbers, isComplete);
        output.RowCount = batch.RowCount;
        output.Selection = selected.Count == batch.RowCount ? null : selected;
        return output;
    }

    public void Dispose()
    {
        ids.Dispose();
        runs.Dispose();
        selected.Dispose();
        foreach (var column in coded)
        {
            column?.Dispose();
        }
    }

    /// <summary>Of the right columns those that are kept by key refer to their key, the others are copied.</summary>
    private void TakeRight(Batch batch, int* numbers, bool isComplete)
    {
        var first = spec.LeftColumns.Count;
        for (var i = 0; i < coded.Length; i++)
        {
            if (coded[i] is null)
            {
                output.Columns[first + i] = spec.LeftTwins[i] is >= 0 and var twin ? batch.Columns[twin] : pairs.TakeRight(i, ids.Items, batch.RowCount);
            }
        }
        if (!Array.Exists(coded, static column => column is not null))
        {
            return;
        }
        // From here on the numbers of keys: every row needs one that is in range.
        for (var row = 0; row < batch.RowCount; row++)
        {
            ids.Items[row] = ids.Items[row] < 0 ? -1 : numbers[row];
        }
        for (var i = 0; i < coded.Length; i++)
        {
            if (coded[i] is { } column)
            {
                column.Attach(table.Values![i]!, ids.Items, batch.RowCount);
                output.Columns[first + i] = column;
                if (!isComplete)
                {
                    MarkNulls(column, batch.RowCount);
                }
            }
        }
        for (var row = 0; row < batch.RowCount; row++)
        {
            ids.Items[row] = Math.Max(ids.Items[row], 0);
        }
    }

    private void MarkNulls(DictionaryVector column, int rows)
    {
        var validity = column.PrepareValidity(rows);
        for (var row = 0; row < rows; row++)
        {
            if (ids.Items[row] < 0)
            {
                Bitmap.Clear(validity, row);
            }
        }
    }

    /// <summary>So few rows are left that copying them costs less than taking right columns for all.</summary>
    private Batch JoinFew(Batch batch)
    {
        pairs.Clear();
        for (var i = 0; i < selected.Count; i++)
        {
            pairs.Add(selected.Rows[i], ids[selected.Rows[i]]);
        }
        return pairs.Take(batch);
    }
}
