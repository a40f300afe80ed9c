using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Reads Parquet files for a scan: leaves out row groups by their statistics and makes a morsel of each that is left. The morsels apply every
/// predicate of the request themselves. Columns are found by name, so files may lack columns (read as NULL) or have others beside.
/// </summary>
public sealed class ParquetScan
{
    private readonly ScanRequest request;
    private readonly Schema tableSchema;
    private readonly ScanPredicate[] predicates;

    /// <summary>What is read where some of the predicates are sure to be true, by the set of the others.</summary>
    private readonly Dictionary<ulong, ScanPart> parts = [];

    /// <summary>What the statistics of the row group that is looked at say of a column.</summary>
    private readonly Func<PlanColumn, ColumnStatistics?> statisticsOf;
    private ParquetRowGroup? group;
    private ScanColumns? columns;

    /// <param name="tableSchema">The table's schema; a file's columns are given its types.</param>
    /// <param name="request">What is asked of the table.</param>
    public ParquetScan(Schema tableSchema, ScanRequest request)
    {
        this.tableSchema = tableSchema;
        this.request = request;
        predicates =
        [
            .. Ordered(request.Predicates).Select(predicate => new ScanPredicate(
                predicate, request.TableColumns, request.JoinBounds.FirstOrDefault(bound => ReferenceEquals(bound.Predicate, predicate)))),
        ];
        statisticsOf = column => StatisticsOf(group!, columns!, column);
    }

    /// <summary>The predicates that row groups leave open, and the columns of the table that are read for them and for delivery.</summary>
    private sealed class ScanPart(ScanPredicate[] predicates, int[] ordinals)
    {
        public ScanPredicate[] Predicates { get; } = predicates;

        public int[] Ordinals { get; } = ordinals;
    }

    /// <summary>Row groups that were left out so far.</summary>
    public int PrunedRowGroups { get; private set; }

    /// <summary>The morsels of a file, in the file's order; none when its statistics rule every row out.</summary>
    public IReadOnlyList<Morsel> Plan(ParquetFile file, IObjectStore store)
    {
        var all = PartOf(ulong.MaxValue);
        columns = ColumnsOf(file, all);
        List<(ScanPart Part, ScanColumns Columns)> known = [(all, columns)];
        var groups = file.RowGroups;
        var morsels = new List<Morsel>(groups.Count);
        for (var i = 0; i < groups.Count; i++)
        {
            group = groups[i];
            if (group.RowCount == 0)
            {
                continue;
            }
            if (FirstFailing(group.RowCount) is { } failing)
            {
                failing.JoinBound?.CountRowGroup(group.RowCount);
                PrunedRowGroups++;
                Interlocked.Increment(ref request.Context.Statistics.RowGroupsPruned);
                Interlocked.Add(ref request.Context.Statistics.BytesPruned, columns.SizeIn(group));
                continue;
            }
            var part = predicates.Length == 0 ? all : PartOf(OpenPredicates());
            var at = 0;
            while (at < known.Count && known[at].Part != part)
            {
                at++;
            }
            if (at == known.Count)
            {
                known.Add((part, ColumnsOf(file, part)));
            }
            morsels.Add(new RowGroupMorsel(file, store, group, tableSchema, request, part.Predicates, known[at].Columns, columns));
        }
        return morsels;
    }

    /// <summary>A predicate that the row group's statistics rule out.</summary>
    private ScanPredicate? FirstFailing(long rowCount)
    {
        foreach (var predicate in predicates)
        {
            if (!StatisticsPruner.MayMatch(predicate.Predicate, statisticsOf, rowCount))
            {
                return predicate;
            }
        }
        return null;
    }

    /// <summary>A bit for each predicate that the statistics do not show to be true for every row.</summary>
    private ulong OpenPredicates()
    {
        var open = ulong.MaxValue;
        for (var i = 0; i < Math.Min(predicates.Length, 64); i++)
        {
            if (StatisticsPruner.MustMatch(predicates[i].Predicate, statisticsOf))
            {
                open &= ~(1UL << i);
            }
        }
        return open;
    }

    private ScanPart PartOf(ulong open)
    {
        if (!parts.TryGetValue(open, out var part))
        {
            ScanPredicate[] left = [.. predicates.Where((_, i) => i >= 64 || (open >> i & 1) != 0)];
            part = new ScanPart(left, [.. request.Projection.Concat(left.SelectMany(static predicate => predicate.Ordinals).Order()).Distinct()]);
            parts.Add(open, part);
        }
        return part;
    }

    private ScanColumns ColumnsOf(ParquetFile file, ScanPart part) => new(tableSchema.Count, part.Ordinals, ordinal =>
    {
        var position = file.Schema.IndexOf(tableSchema[ordinal].Name);
        if (position >= 0)
        {
            CheckType(file, file.Schema[position], tableSchema[ordinal]);
        }
        return position;
    });

    /// <summary>Cheap predicates first, where the order cannot matter to errors.</summary>
    private static IEnumerable<BoundExpression> Ordered(IReadOnlyList<BoundExpression> predicates) =>
        predicates.Any(BoundExpressions.MayFail) ? predicates : predicates.OrderBy(Cost);

    private static int Cost(BoundExpression predicate) => predicate switch
    {
        BoundComparison { Left: BoundColumn, Right: BoundLiteral } comparison => comparison.Left.Type.IsDictionary ? 0 : comparison.Left.Type.Storage == StorageKind.Flat ? 1 : 3,
        BoundIn { Operand: BoundColumn column } => column.Type.IsDictionary ? 0 : 2,
        BoundLike => 4,
        _ => 5,
    };

    private ColumnStatistics? StatisticsOf(ParquetRowGroup group, ScanColumns columns, PlanColumn column)
    {
        for (var i = 0; i < tableSchema.Count; i++)
        {
            if (request.TableColumns[i] == column)
            {
                return columns[i] is { } position ? group.Columns[position].Statistics : null;
            }
        }
        return null;
    }

    private static void CheckType(ParquetFile file, Field found, Field wanted)
    {
        if (found.Type.Storage != wanted.Type.Storage || found.Type.FlatSize != wanted.Type.FlatSize)
        {
            throw new EngineException(
                SqlState.DataCorrupted, $"Column '{wanted.Name}' of '{file.Key}' is {found.Type}, which cannot be read as {wanted.Type}.");
        }
    }
}
