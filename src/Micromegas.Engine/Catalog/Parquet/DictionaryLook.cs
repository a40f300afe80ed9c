using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Looks at the dictionaries of predicates' columns before anything else of a row group is fetched: where no value satisfies a predicate, nothing else need be. Done where that may spare
/// more bytes than arrive in the time of one more request.
/// </summary>
internal readonly struct DictionaryLook(
    RowGroupReader reader, IObjectStore store, ParquetRowGroup group, Schema tableSchema, ScanRequest request, ScanPredicate[] predicates, ScanColumns columns, double partOfRows)
{
    /// <summary>Part of the other bytes that a dictionary may have: a large one is long to read, and its values are hardly less many than the rows.</summary>
    private const int LargestPart = 4;

    /// <summary>Whether it has been shown that no row satisfies the predicates.</summary>
    public async ValueTask<bool> ExcludesAsync(CancellationToken cancellationToken)
    {
        var asked = PredicatesToAsk(out var missing);
        if (asked.Count == 0)
        {
            return false;
        }
        if (missing > 0)
        {
            int[] positions = [.. asked.Select(PositionOf)];
            await reader.PrefetchDictionariesAsync(store, positions, cancellationToken).ConfigureAwait(false);
        }
        cancellationToken.ThrowIfCancellationRequested();
        var isExcluded = IsExcluded(asked);
        request.Figures.CountLook(isExcluded);
        return isExcluded;
    }

    private int PositionOf(ScanPredicate predicate) => columns.ReaderPositions[predicate.Ordinal];

    /// <summary>The predicates whose dictionaries are worth a look.</summary>
    /// <param name="missing">Bytes to fetch for it.</param>
    private List<ScanPredicate> PredicatesToAsk(out long missing)
    {
        var all = 0L;
        for (var position = 0; position < reader.ColumnCount; position++)
        {
            all += reader.MissingBytes(position);
        }
        all = (long)(all * partOfRows);
        missing = 0;
        var asked = new List<ScanPredicate>();
        foreach (var predicate in predicates)
        {
            if (!predicate.IsDecidedByDictionary || PositionOf(predicate) < 0 || predicate.JoinBound is { IsVain: true } || !IsTelling(predicate))
            {
                continue;
            }
            var bytes = asked.Exists(other => other.Ordinal == predicate.Ordinal) ? 0 : reader.MissingOfDictionary(store, PositionOf(predicate));
            if (bytes <= (all - bytes) / LargestPart)
            {
                missing += bytes;
                asked.Add(predicate);
            }
        }
        // What is there costs a look all the same.
        if (!request.Figures.IsLookWorth(all - missing, missing > 0 ? store.RequestCost : store.RequestCost / 8))
        {
            asked.Clear();
        }
        return asked;
    }

    /// <summary>Whether the dictionary may know what nobody has been asked for yet: a bloom filter that lets a value pass is nearly always right.</summary>
    private bool IsTelling(ScanPredicate predicate)
    {
        var chunk = group.Columns[columns.Present[PositionOf(predicate)]];
        return chunk.IsFullyDictionaryEncoded is not false && !(chunk.HasBloomFilter && predicate.EqualValues.Length > 0);
    }

    private bool IsExcluded(List<ScanPredicate> asked)
    {
        var before = MemoryBudget.Current;
        MemoryBudget.Current = request.Context.Budget;
        try
        {
            using var found = new Selection();
            var batch = new Batch(tableSchema, new Vector[tableSchema.Count]);
            foreach (var predicate in asked)
            {
                if (!MayMatch(predicate.Predicate, predicate.Ordinal, batch, found))
                {
                    predicate.JoinBound?.CountRowGroup(group.RowCount);
                    return true;
                }
            }
            // Both ends of a range may lie in the dictionary, and nothing between them.
            foreach (var predicates in asked.GroupBy(static predicate => predicate.Ordinal).Where(static predicates => predicates.Count() > 1))
            {
                if (!MayMatch(new BoundLogical(true, [.. predicates.Select(static predicate => predicate.Predicate)]), predicates.Key, batch, found))
                {
                    return true;
                }
            }
            return false;
        }
        finally
        {
            MemoryBudget.Current = before;
        }
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
}
