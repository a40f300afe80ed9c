using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// What two tables of many groups have in common. Instead of adding one to the other, which one worker would do and which needs memory, the groups of the
/// smaller one are looked up in the larger, which no one changes meanwhile, so that all workers can look up at a time. State of groups that both have goes into
/// the larger; the result are the groups of the larger and those of the smaller that it lacks.
/// </summary>
internal sealed unsafe class AggregateOverlap : IDisposable
{
    /// <summary>Groups that a worker looks up at a time.</summary>
    private const int RangeSize = 8 * Batch.MaxRows;

    private readonly Lock gate = new();
    private readonly NativeList<ulong> common = new();
    private readonly List<VectorTaker> takers = [];
    private int next = -1;

    public AggregateOverlap(AggregateTable first, AggregateTable second)
    {
        (Larger, Smaller) = first.GroupCount >= second.GroupCount ? (first, second) : (second, first);
        common.Resize((Smaller.GroupCount + 63) / 64, 0);
    }

    public AggregateTable Larger { get; }

    public AggregateTable Smaller { get; }

    /// <summary>Whether two tables are better left apart: both have many groups, and state of fixed size.</summary>
    public static bool Pays(AggregateTable first, AggregateTable second)
    {
        if (first.KeyCount == 0 || Math.Min(first.GroupCount, second.GroupCount) <= Batch.MaxRows || first.DeferredCalls.Length > 0)
        {
            return false;
        }
        foreach (var accumulator in first.Accumulators)
        {
            if (!accumulator.IsFixedSize)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Looks groups up until there are none left; several workers may do so side by side.</summary>
    public void Work(CancellationToken cancellationToken)
    {
        using var matcher = new KeyMatcher(Larger.Keys, Smaller.Keys);
        using var rows = new NativeList<int>();
        rows.EnsureCapacity(Batch.MaxRows);
        for (;;)
        {
            var first = (long)Interlocked.Increment(ref next) * RangeSize;
            if (first >= Smaller.GroupCount)
            {
                return;
            }
            var end = (int)Math.Min(first + RangeSize, Smaller.GroupCount);
            for (var start = (int)first; start < end; start += Batch.MaxRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Match(matcher, rows, start, Math.Min(Batch.MaxRows, end - start));
            }
        }
    }

    /// <summary>The groups of a block of the smaller table that the larger one lacks.</summary>
    /// <param name="start">First group.</param>
    /// <param name="count">Groups.</param>
    /// <param name="selection">Gets their places in the block.</param>
    public void SelectOwn(int start, int count, Selection selection)
    {
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            selection.Rows[found] = i;
            found += Bitmap.Get(common.Items, start + i) ? 0 : 1;
        }
        selection.Count = found;
    }

    public void Dispose()
    {
        common.Dispose();
        foreach (var taker in takers)
        {
            taker.Dispose();
        }
    }

    private void Match(KeyMatcher matcher, NativeList<int> rows, int start, int count)
    {
        var numbers = matcher.Find(start, count);
        rows.Count = 0;
        for (var i = 0; i < count; i++)
        {
            if (numbers[i] >= 0)
            {
                // Blocks start at multiples of 64: nobody else writes to these words.
                Bitmap.Set(common.Items, start + i);
                numbers[rows.Count] = numbers[i];
                rows.Add(i);
            }
        }
        if (rows.Count > 0 && Smaller.Accumulators.Length > 0)
        {
            lock (gate)
            {
                AddState(start, count, rows, numbers);
            }
        }
    }

    /// <summary>Adds the state of some groups of a block to the groups that they are in the larger table.</summary>
    private void AddState(int start, int count, NativeList<int> rows, int* numbers)
    {
        var column = 0;
        for (var i = 0; i < Smaller.Accumulators.Length; i++)
        {
            var state = Smaller.Accumulators[i].ExportState(start, count);
            try
            {
                if (rows.Count == count)
                {
                    Larger.Accumulators[i].ImportState(state, numbers, count);
                    continue;
                }
                var some = new Vector[state.Length];
                for (var part = 0; part < state.Length; part++, column++)
                {
                    if (column == takers.Count)
                    {
                        takers.Add(new VectorTaker(state[part].Type));
                    }
                    some[part] = takers[column].Take(state[part], rows.Items, rows.Count);
                }
                Larger.Accumulators[i].ImportState(some, numbers, rows.Count);
            }
            finally
            {
                foreach (var vector in state)
                {
                    vector.Dispose();
                }
            }
        }
    }
}
