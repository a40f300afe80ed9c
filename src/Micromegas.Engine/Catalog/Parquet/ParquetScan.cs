using Micromegas.Columnar;
using Micromegas.Engine.Execution;
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

    /// <param name="tableSchema">The table's schema; a file's columns are given its types.</param>
    /// <param name="request">What is asked of the table.</param>
    public ParquetScan(Schema tableSchema, ScanRequest request)
    {
        this.tableSchema = tableSchema;
        this.request = request;
        var used = new HashSet<PlanColumn>();
        foreach (var predicate in request.Predicates)
        {
            Expressions.BoundExpressions.CollectColumns(predicate, used);
        }
        readOrdinals = [.. request.Projection.Concat(Enumerable.Range(0, tableSchema.Count).Where(i => used.Contains(request.TableColumns[i]))).Distinct()];
    }

    /// <summary>Row groups that were left out so far.</summary>
    public int PrunedRowGroups { get; private set; }

    /// <summary>The morsels of a file, in the file's order; none when its statistics rule every row out.</summary>
    public IReadOnlyList<Morsel> Plan(ParquetFile file, IObjectStore store)
    {
        var columns = new int?[tableSchema.Count];
        foreach (var ordinal in readOrdinals)
        {
            var position = file.Schema.IndexOf(tableSchema[ordinal].Name);
            if (position >= 0)
            {
                CheckType(file, file.Schema[position], tableSchema[ordinal]);
                columns[ordinal] = position;
            }
        }
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
                morsels.Add(new RowGroupMorsel(file, store, group, tableSchema, request, readOrdinals, columns));
                continue;
            }
            PrunedRowGroups++;
            Interlocked.Increment(ref statistics.RowGroupsPruned);
            Interlocked.Add(ref statistics.BytesPruned, columns.Sum(column => column is { } position ? group.Columns[position].CompressedSize : 0));
        }
        return morsels;
    }

    private ColumnStatistics? StatisticsOf(ParquetRowGroup group, int?[] columns, PlanColumn column)
    {
        for (var i = 0; i < columns.Length; i++)
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
