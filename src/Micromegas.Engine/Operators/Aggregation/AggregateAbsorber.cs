using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Adds the groups of a table to another of the same set, without turning keys into values.</summary>
internal static unsafe class AggregateAbsorber
{
    /// <summary>Whether tables of this kind can be added so: no call keeps its rows in order.</summary>
    public static bool CanAdd(AggregateTable table)
    {
        foreach (var rows in table.Deferred)
        {
            if (rows is { IsAbsorbable: false })
            {
                return false;
            }
        }
        return true;
    }

    /// <param name="target">Gets the groups.</param>
    /// <param name="other">The other table.</param>
    /// <param name="hasRoom">Asked after every block; what is false ends the work. The target is not touched again then.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>How many groups were added. If the work was ended, all deferred rows are to be added again.</returns>
    public static int Add(AggregateTable target, AggregateTable other, Func<bool> hasRoom, CancellationToken cancellationToken)
    {
        using var importer = new KeyImporter(target.Keys, other.Keys);
        using var numbers = new NativeList<int>();
        for (var start = 0; start < other.GroupCount; start += Batch.MaxRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Batch.MaxRows, other.GroupCount - start);
            var known = target.GroupCount;
            var block = importer.Add(start, count);
            target.Grow(known);
            for (var i = 0; i < target.Accumulators.Length; i++)
            {
                if (target.Deferred[i] is null)
                {
                    var state = other.Accumulators[i].ExportState(start, count);
                    target.Accumulators[i].ImportState(state, block, count);
                    foreach (var column in state)
                    {
                        column.Dispose();
                    }
                }
            }
            if (target.DeferredCalls.Length > 0)
            {
                numbers.Resize(start + count, 0);
                new ReadOnlySpan<int>(block, count).CopyTo(numbers.Span[start..]);
            }
            if (!hasRoom())
            {
                return start + count;
            }
        }
        foreach (var call in target.DeferredCalls)
        {
            if (!target.Deferred[call]!.Absorb(other.Deferred[call]!, numbers, hasRoom, cancellationToken))
            {
                break;
            }
        }
        return other.GroupCount;
    }
}
