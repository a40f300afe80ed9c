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
    private readonly int[] readOrdinals;
    private readonly ScanPredicate[] predicates;

    /// <param name="tableSchema">The table's schema; a file's columns are given its types.</param>
    /// <param name="request">What is asked of the table.</param>
    public ParquetScan(Schema tableSchema, ScanRequest request)
    {
        this.tableSchema = tableSchema;
        this.request = request;
        predicates = [.. Ordered(request.Predicates).Select(predicate => new ScanPredicate(predicate, request.TableColumns))];
        readOrdinals = [.. request.Projection.Concat(predicates.SelectMany(static predicate => predicate.Ordinals).Order()).Distinct()];
    }

    /// <summary>Row groups that were left out so far.</summary>
    public int PrunedRowGroups { get; private set; }

    /// <summary>The morsels of a file, in the file's order; none when its statistics rule every row out.</summary>
    public IReadOnlyList<Morsel> Plan(ParquetFile file, IObjectStore store)
    {
        var columns = new ScanColumns(tableSchema.Count, readOrdinals, ordinal =>
        {
            var position = file.Schema.IndexOf(tableSchema[ordinal].Name);
            if (position >= 0)
            {
                CheckType(file, file.Schema[position], tableSchema[ordinal]);
            }
            return position;
        });
        var statistics = request.Context.Statistics;
        var morsels = new List<Morsel>();
        foreach (var group in file.RowGroups)
        {
            if (group.RowCount == 0)
            {
                continue;
            }
            if (request.Predicates.All(predicate => StatisticsPruner.MayMatch(predicate, column => StatisticsOf(group, columns, column), group.RowCount)))
            {
                morsels.Add(new RowGroupMorsel(file, store, group, tableSchema, request, predicates, columns));
                continue;
            }
            PrunedRowGroups++;
            Interlocked.Increment(ref statistics.RowGroupsPruned);
            Interlocked.Add(ref statistics.BytesPruned, columns.SizeIn(group));
        }
        return morsels;
    }

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
