using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Looks at the columns of predicates, or at their dictionaries where there is more, before anything else of a row group is fetched: where no value or row satisfies the predicates, nothing
/// else need be, and pages without such rows need not. Done where that may spare more bytes than arrive in the time of one more request.
/// </summary>
internal sealed class RowGroupLook
{
    /// <summary>Part of the other bytes that what is looked at may have: looking takes time, too.</summary>
    private const int LargestPart = 4;

    /// <summary>Pieces of a row group by which it is told whether narrowing its rows leaves out pages.</summary>
    private const int Pieces = 16;

    private readonly RowGroupReader reader;
    private readonly IObjectStore store;
    private readonly ParquetRowGroup group;
    private readonly Schema tableSchema;
    private readonly ScanRequest request;
    private readonly ScanColumns columns;

    /// <summary>Predicates that dictionaries are asked about, and those whose columns are there whole when they are looked at.</summary>
    private readonly List<ScanPredicate> byDictionary = [], byRows = [];
    private readonly List<int> dictionaries = [], wholes = [];

    /// <summary>Bytes that are fetched for the look, and those that the look may spare.</summary>
    private long asked, rest;

    public RowGroupLook(RowGroupReader reader, IObjectStore store, ParquetRowGroup group, Schema tableSchema, ScanRequest request, ScanColumns columns)
    {
        this.reader = reader;
        this.store = store;
        this.group = group;
        this.tableSchema = tableSchema;
        this.request = request;
        this.columns = columns;
    }

    /// <summary>The rows that may satisfy the predicates, as far as the look tells.</summary>
    /// <param name="predicates">The predicates.</param>
    /// <param name="rows">Those that may satisfy them as far as is known; null = all.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    public async ValueTask<RowRanges?> FindAsync(ScanPredicate[] predicates, RowRanges? rows, CancellationToken cancellationToken)
    {
        if (!IsWorth(predicates, rows))
        {
            return rows;
        }
        if (asked > 0)
        {
            await reader.PrefetchAsync(store, [.. wholes], [.. dictionaries], cancellationToken).ConfigureAwait(false);
        }
        var before = MemoryBudget.Current;
        MemoryBudget.Current = request.Context.Budget;
        try
        {
            var left = IsExcluded() ? RowRanges.None : byRows.Count > 0 ? MatchingPages(cancellationToken) : rows;
            request.Figures.CountLook(left is { RowCount: 0 }, !ReferenceEquals(left, rows));
            return left;
        }
        finally
        {
            MemoryBudget.Current = before;
        }
    }

    private bool IsWorth(ScanPredicate[] predicates, RowRanges? rows)
    {
        for (var position = 0; position < reader.ColumnCount; position++)
        {
            rest += reader.MissingBytes(position);
        }
        rest = rows is null ? rest : (long)((double)rest * rows.RowCount / group.RowCount);
        foreach (var predicate in predicates)
        {
            if (predicate.IsSimple && predicate.JoinBound is not { IsVain: true } && Array.TrueForAll(predicate.Ordinals, ordinal => columns.ReaderPositions[ordinal] >= 0))
            {
                Ask(predicate, mayTakeRows: rows is null);
            }
        }
        // Rows tell more than what was looked at before where predicates come together, or pages can be left out.
        if (byDictionary.Count == 0 && (byRows.Count == 0 || (byRows.Count == 1 && !HasSeveralPages())))
        {
            return false;
        }
        // What is there costs a look all the same.
        return request.Figures.IsLookWorth(rest, asked > 0 ? store.RequestCost : store.RequestCost / 8);
    }

    /// <param name="predicate">The predicate.</param>
    /// <param name="mayTakeRows">Whether its columns may be fetched whole: not where only some of their pages are wanted.</param>
    private void Ask(ScanPredicate predicate, bool mayTakeRows)
    {
        var (bytes, whole) = (0L, 0L);
        foreach (var ordinal in predicate.Ordinals)
        {
            var position = columns.ReaderPositions[ordinal];
            bytes += wholes.Contains(position) ? 0 : reader.MissingBytes(position);
            whole += group.Columns[columns.Present[position]].CompressedSize;
        }
        var isTold = IsToldByDictionary(predicate);
        if (mayTakeRows && whole <= store.RequestCost && bytes <= (rest - bytes) / LargestPart)
        {
            byRows.Add(predicate);
            wholes.AddRange(predicate.Ordinals.Select(ordinal => columns.ReaderPositions[ordinal]).Where(position => !wholes.Contains(position)));
        }
        else if (isTold)
        {
            var position = columns.ReaderPositions[predicate.Ordinal];
            bytes = dictionaries.Contains(position) ? 0 : reader.MissingOfDictionary(store, position);
            if (bytes > (rest - bytes) / LargestPart)
            {
                return;
            }
            dictionaries.Add(position);
        }
        else
        {
            return;
        }
        if (isTold)
        {
            byDictionary.Add(predicate);
        }
        asked += bytes;
        rest -= bytes;
    }

    /// <summary>Whether the dictionary may know what nobody has been asked for yet: a bloom filter that lets a value pass is nearly always right.</summary>
    private bool IsToldByDictionary(ScanPredicate predicate)
    {
        if (predicate.Ordinal < 0)
        {
            return false;
        }
        var chunk = group.Columns[columns.Present[columns.ReaderPositions[predicate.Ordinal]]];
        return chunk.HasDictionaryPage && chunk.IsFullyDictionaryEncoded is not false && !(chunk.HasBloomFilter && predicate.EqualValues.Length > 0);
    }

    private bool HasSeveralPages() => Array.Exists(columns.Present, column => group.Columns[column].HasSeveralIndexedPages);

    private bool IsExcluded()
    {
        using var found = new Selection();
        var batch = new Batch(tableSchema, new Vector[tableSchema.Count]);
        foreach (var predicate in byDictionary)
        {
            if (!MayMatch(predicate.Predicate, predicate.Ordinal, batch, found))
            {
                predicate.JoinBound?.CountRowGroup(group.RowCount);
                return true;
            }
        }
        // Both ends of a range may lie in the dictionary, and nothing between them.
        foreach (var predicates in byDictionary.GroupBy(static predicate => predicate.Ordinal).Where(static predicates => predicates.Count() > 1))
        {
            if (!MayMatch(All(predicates), predicates.Key, batch, found))
            {
                return true;
            }
        }
        return false;
    }

    private bool MayMatch(BoundExpression predicate, int ordinal, Batch batch, Selection found)
    {
        if (reader.DictionaryOf(columns.ReaderPositions[ordinal]) is not { } dictionary)
        {
            return true;
        }
        var field = tableSchema[ordinal];
        dictionary.Relabel(field.Type.ValueType);
        using var expression = ExpressionCompiler.Compile(predicate, request.TableColumns, request.Context);
        return DictionaryTest.IsTrueForAny(expression, dictionary, field, batch, ordinal, found, out _);
    }

    /// <summary>The rows that satisfy the predicates, where that leaves out pages.</summary>
    private RowRanges? MatchingPages(CancellationToken cancellationToken)
    {
        RowRanges left;
        try
        {
            left = RowRanges.Of(MatchingRows(cancellationToken));
            reader.Rewind();
        }
        catch (ParquetException)
        {
            // Whoever reads the rows for the statement is told.
            reader.Reopen();
            return null;
        }
        // What a join's keys spare is counted where nothing else may have spared it.
        var joined = byRows.TrueForAll(static predicate => predicate.JoinBound is not null) ? byRows[0].JoinBound : null;
        if (left.RowCount == 0)
        {
            joined?.CountRowGroup(group.RowCount);
            return RowRanges.None;
        }
        // Where pages lie is not known yet, and costs one more request.
        var wanted = Enumerable.Range(0, Pieces).Count(piece => left.Overlap(group.RowCount * piece / Pieces, group.RowCount * (piece + 1) / Pieces));
        if (!HasSeveralPages() || rest * (Pieces - wanted) / Pieces <= store.RequestCost)
        {
            return null;
        }
        joined?.CountRows(group.RowCount - left.RowCount);
        return left;
    }

    private IEnumerable<(long Start, long End)> MatchingRows(CancellationToken cancellationToken)
    {
        using var expression = ExpressionCompiler.Compile(All(byRows), request.TableColumns, request.Context);
        using var found = new Selection();
        var batch = new Batch(tableSchema, new Vector[tableSchema.Count]);
        int[] ordinals = [.. byRows.SelectMany(static predicate => predicate.Ordinals).Distinct()];
        for (var start = 0L; start < group.RowCount; start += batch.RowCount)
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.RowCount = (int)Math.Min(Batch.MaxRows, group.RowCount - start);
            foreach (var ordinal in ordinals)
            {
                batch.Columns[ordinal] = reader.Column(columns.ReaderPositions[ordinal]).Read(batch.RowCount);
                batch.Columns[ordinal].Relabel(tableSchema[ordinal].Type);
            }
            found.Count = expression.Filter(batch, null, found);
            if (found.Count > 0)
            {
                yield return (start + found.Span[0], start + found.Span[^1] + 1);
            }
        }
    }

    private static BoundExpression All(IEnumerable<ScanPredicate> predicates)
    {
        BoundExpression[] all = [.. predicates.Select(static predicate => predicate.Predicate)];
        return all.Length == 1 ? all[0] : new BoundLogical(true, all);
    }
}
