using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// Merges sorted runs: a heap of cursors with the smallest row on top. Of rows with equal keys those of the first run come first: what one worker sorts keeps its
/// order, spilled or not.
/// </summary>
internal sealed unsafe class SortMerger : IDisposable
{
    private readonly SortState state;
    private readonly MemoryReservation reservation;
    private readonly SortCursor[] cursors;
    private readonly SortCursor[] heap;
    private int count;

    public SortMerger(SortState state)
        : this(state, state.Runs)
    {
    }

    public SortMerger(SortState state, IReadOnlyList<SortRun> runs)
    {
        this.state = state;
        reservation = state.Reserve();
        cursors = [.. runs.Select((run, index) => new SortCursor(state, run, index))];
        heap = new SortCursor[cursors.Length];
        foreach (var cursor in cursors)
        {
            if (cursor.MoveNext())
            {
                heap[count++] = cursor;
            }
            if (cursor.Bytes > 0)
            {
                reservation.Grow(cursor.Bytes);
            }
        }
        var comparer = Comparer;
        for (var i = (count / 2) - 1; i >= 0; i--)
        {
            Sink(i, comparer);
        }
    }

    // The key column appears with the first row of the store, so it is asked for anew.
    private SortEntryComparer Comparer => new(state.KeyColumn);

    /// <summary>The ids of the next rows in order; fewer than <paramref name="capacity"/> only at the end.</summary>
    public int Next(int* ids, int capacity, WorkerContext worker)
    {
        worker.ThrowIfCancelled();
        var comparer = Comparer;
        var found = 0;
        while (found < capacity && TryNext(comparer, out var entry))
        {
            ids[found++] = entry.Id;
        }
        return found;
    }

    /// <summary>The next rows in order with their keys; fewer than there is room for only at the end.</summary>
    public int Next(Span<SortEntry> entries)
    {
        var comparer = Comparer;
        var found = 0;
        while (found < entries.Length && TryNext(comparer, out var entry))
        {
            entries[found++] = entry;
        }
        return found;
    }

    /// <summary>The rows given out were copied.</summary>
    public void FreePassed()
    {
        foreach (var cursor in cursors)
        {
            cursor.FreePassed();
        }
    }

    /// <summary>Hands over the chunks that no row still to come lies in; the caller frees them when it needs their rows no more.</summary>
    public void TakePassed(List<int> chunks)
    {
        foreach (var cursor in cursors)
        {
            cursor.TakePassed(chunks);
        }
    }

    public void Dispose()
    {
        foreach (var cursor in cursors)
        {
            cursor.Dispose();
        }
        reservation.Dispose();
    }

    private bool TryNext(SortEntryComparer comparer, out SortEntry entry)
    {
        if (count == 0)
        {
            entry = default;
            return false;
        }
        var top = heap[0];
        entry = top.Current;
        if (!top.MoveNext())
        {
            heap[0] = heap[--count];
        }
        if (count > 1)
        {
            Sink(0, comparer);
        }
        return true;
    }

    private static int Compare(SortEntryComparer comparer, SortCursor x, SortCursor y)
    {
        var order = comparer.CompareKeys(x.Current, y.Current);
        return order != 0 ? order : x.Index.CompareTo(y.Index);
    }

    private void Sink(int parent, SortEntryComparer comparer)
    {
        var sinking = heap[parent];
        for (; ; )
        {
            var child = (2 * parent) + 1;
            if (child >= count)
            {
                break;
            }
            if (child + 1 < count && Compare(comparer, heap[child + 1], heap[child]) < 0)
            {
                child++;
            }
            if (Compare(comparer, sinking, heap[child]) <= 0)
            {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = sinking;
    }
}
