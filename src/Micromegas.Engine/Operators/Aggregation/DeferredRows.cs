using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// The rows of an aggregate call that can only be added when all are there: distinct (group, arguments) tuples, or rows that an ORDER BY
/// inside the call puts in order. Their columns are the group, the arguments and, if ordered, the normalized sort key.
/// </summary>
internal sealed unsafe class DeferredRows : IDisposable
{
    private readonly KeyTable? distinct;
    private readonly KeyEncoder? encoder;
    private readonly RowStore? store;
    private readonly RowWriter? writer;
    private readonly NativeList<SortEntry>? entries;
    private readonly NativeList<int> scratch = new();
    private readonly FlatVector<int> groups = new(DataType.Int32);
    private readonly Vector[] columns;
    private readonly int argumentCount;
    private readonly bool isDistinct;

    /// <summary>1 when the rows of distinct tuples tell their group, 0 when there is but one.</summary>
    private readonly int groupColumns;

    /// <param name="call">The aggregate call.</param>
    /// <param name="hasGroups">Whether there may be more groups than one.</param>
    public DeferredRows(AggregateCall call, bool hasGroups)
    {
        groupColumns = hasGroups ? 1 : 0;
        argumentCount = call.Arguments.Count;
        isDistinct = call.Distinct && !call.Function.IgnoresDuplicates;
        IEnumerable<DataType> arguments = call.Arguments.Select(static argument => argument.Type);
        if (AggregateSpec.IsOrdered(call))
        {
            Types = [.. arguments, DataType.Binary];
            store = new RowStore([DataType.Int32, .. Types]);
            writer = store.CreateWriter();
            entries = new NativeList<SortEntry>();
        }
        else
        {
            Types = [.. arguments];
            distinct = new KeyTable(hasGroups ? [DataType.Int32, .. Types] : Types);
            encoder = new KeyEncoder(distinct, add: true);
        }
        columns = new Vector[Types.Count + 1];
    }

    /// <summary>Types of the columns besides the group.</summary>
    public IReadOnlyList<DataType> Types { get; }

    public int Count => distinct?.Count ?? entries!.Count;

    public long Bytes => distinct?.Bytes ?? (writer!.Bytes + store!.SharedBytes + entries!.Bytes);

    /// <summary>Bytes of memory that adding so many rows asks for.</summary>
    public long GrowthBytes(int more) => distinct?.GrowthBytes(more) ?? entries!.GrowthBytes(more);

    /// <summary>Adds rows; <paramref name="groupOfRow"/> and the vectors are indexed by row.</summary>
    public void Add(ReadOnlySpan<Vector> values, int* groupOfRow, Selection? selection, int rowCount)
    {
        groups.Attach(groupOfRow, rowCount);
        columns[0] = groups;
        values.CopyTo(columns.AsSpan(1));
        scratch.EnsureCapacity(Math.Max(rowCount, Batch.MaxRows));
        if (encoder is not null)
        {
            encoder.Resolve(columns.AsSpan(1 - groupColumns), selection, rowCount, scratch.Items);
            return;
        }
        var count = selection?.Count ?? rowCount;
        var rows = selection == null ? null : selection.Rows;
        writer!.Write(columns, rows, count, scratch.Items);
        var keys = (BinaryVector)values[argumentCount];
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            entries!.Add(SortEntry.Of(keys.Bytes + keys.Offsets[row], keys.Offsets[row + 1] - keys.Offsets[row], scratch[i]));
        }
    }

    /// <summary>Whether <see cref="Absorb"/> can be called.</summary>
    public bool IsAbsorbable => distinct is not null;

    /// <summary>Adds another's distinct tuples; some of them may be added again later.</summary>
    /// <param name="other">The other's.</param>
    /// <param name="groupNumbers">For each of its groups the number here.</param>
    /// <param name="hasRoom">Asked after every block; what is false ends the work.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Whether all were added.</returns>
    public bool Absorb(DeferredRows other, NativeList<int> groupNumbers, Func<bool> hasRoom, CancellationToken cancellationToken)
    {
        using var importer = new KeyImporter(distinct!, other.distinct!) { Owners = groupColumns > 0 ? groupNumbers : null };
        for (var start = 0; start < other.Count; start += Batch.MaxRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            importer.Add(start, Math.Min(Batch.MaxRows, other.Count - start));
            if (!hasRoom())
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Calls <paramref name="take"/> with blocks of rows: groups, then the other columns. The vectors are freed afterwards.</summary>
    public void Export(Action<FlatVector<int>, Vector[], int> take, CancellationToken cancellationToken)
    {
        using var reader = store?.CreateReader();
        for (var start = 0; start < Count; start += Batch.MaxRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Batch.MaxRows, Count - start);
            Block(start, count, reader, take);
        }
    }

    /// <summary>Adds all rows to an accumulator, in order.</summary>
    public void Feed(Accumulator accumulator, CancellationToken cancellationToken)
    {
        if (entries is not null)
        {
            SortEntryComparer.Sort(entries.Span, (BytesColumnStore?)store!.ColumnOf(Types.Count));
        }
        using var seen = isDistinct && entries is not null ? new KeyTable([DataType.Int32, .. Types.Take(argumentCount)]) : null;
        using var filter = seen is null ? null : new KeyEncoder(seen, add: true);
        using var fresh = new Selection();
        Export(
            (groupVector, values, count) =>
            {
                Selection? selection = null;
                if (filter is not null)
                {
                    SelectFresh(seen!, filter, groupVector, values, count, fresh);
                    selection = fresh;
                }
                accumulator.Update(values.AsSpan(0, argumentCount), groupVector.Values, selection, count);
            },
            cancellationToken);
    }

    public void Dispose()
    {
        distinct?.Dispose();
        encoder?.Dispose();
        store?.Dispose();
        writer?.Dispose();
        entries?.Dispose();
        scratch.Dispose();
    }

    private void SelectFresh(KeyTable seen, KeyEncoder filter, FlatVector<int> groupVector, Vector[] values, int count, Selection fresh)
    {
        var known = seen.Count;
        fresh.Count = 0;
        scratch.EnsureCapacity(Batch.MaxRows);
        filter.Resolve([groupVector, .. values.AsSpan(0, argumentCount)], null, count, scratch.Items);
        for (var i = 0; i < count; i++)
        {
            if (scratch[i] == known)
            {
                known++;
                fresh.Rows[fresh.Count++] = i;
            }
        }
    }

    private void Block(int start, int count, RowReader? reader, Action<FlatVector<int>, Vector[], int> take)
    {
        if (reader is null)
        {
            using var owner = groupColumns > 0 ? (FlatVector<int>)distinct!.Decode(0, start, count) : FlatVector<int>.Allocate(DataType.Int32, count);
            if (groupColumns == 0)
            {
                owner.Span.Clear();
            }
            Vector[] values = [.. Enumerable.Range(groupColumns, Types.Count).Select(column => distinct!.Decode(column, start, count))];
            try
            {
                take(owner, values, count);
            }
            finally
            {
                foreach (var value in values)
                {
                    value.Dispose();
                }
            }
            return;
        }
        scratch.EnsureCapacity(Batch.MaxRows);
        using var ids = new NativeList<int>();
        ids.EnsureCapacity(count);
        for (var i = 0; i < count; i++)
        {
            ids.Add(entries![start + i].Id);
        }
        var groupsTaken = (FlatVector<int>)reader.Take(0, ids.Items, count);
        take(groupsTaken, [.. Enumerable.Range(1, Types.Count).Select(column => reader.Take(column, ids.Items, count))], count);
    }
}
