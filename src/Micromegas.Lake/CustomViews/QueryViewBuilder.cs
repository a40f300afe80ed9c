using System.Buffers.Binary;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.CustomViews;

/// <summary>Makes the view of a specification: looks up what its queries name and checks that they fit each other; runs nothing.</summary>
internal sealed class QueryViewBuilder(LakeHost lake, ViewSpecification specification)
{
    private const long MemoryLimit = 1 << 24;

    // Stands in for the buckets to come.
    private static readonly LakeTimeRange s_bucket = new(0, 1_000_000_000);

    /// <param name="isOwn">Whether upstream's services cannot know the view.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="EngineException">A query does not work, or does not fit the others.</exception>
    public async ValueTask<QueryView> BuildAsync(bool isOwn, CancellationToken ct)
    {
        CheckLimits();
        var context = new QueryContext(new EngineOptions { TimeProvider = lake.Options.TimeProvider }, new MemoryBudget(MemoryLimit), ct);
        var queries = new ViewQueries { Count = specification.Count, Extract = specification.Extract };
        queries = specification.Merge is { } merge ? queries with { Merge = merge } : queries;
        Schema extracted = await DescribeAsync(lake.Views.Tables, context, queries.ExtractOf(s_bucket), ct).ConfigureAwait(false);
        Schema schema = specification.Schema ?? extracted;
        CheckColumns(schema);
        ViewDefinition definition = ViewColumns.Aggregated(specification.Name, schema, specification.MinTimeColumn, specification.MaxTimeColumn) with
        {
            SortOrder = specification.SortOrder.Count == 0 ? null : specification.SortOrder,
        };
        if (isOwn || lake.Sharing == LakeSharing.Exclusive)
        {
            definition = definition with { SchemaHash = HashOf(schema) };
        }
        QueryView.CheckColumns(definition, extracted);
        var tables = new TableCatalog(lake.Views.Tables);
        tables.Add(ViewQueries.SourceTable, new PartitionFilesTable(lake, definition, []));
        Schema merged = await DescribeAsync(tables, context, queries.MergeOf(), ct).ConfigureAwait(false);
        QueryView.CheckColumns(definition, merged);
        if (queries.CountOf(s_bucket) is { } count && await DescribeAsync(lake.Views.Tables, context, count, ct).ConfigureAwait(false) is not [{ Type.IsInteger: true }])
        {
            throw Error(SqlState.DatatypeMismatch, "its count query must give one integer");
        }
        return new QueryView(definition, merged, queries, specification.UpdateGroup, specification.MaxDeltaFromSource, specification.MaxDeltaMerged)
        {
            IsOwn = isOwn,
            Sources = await SourcesAsync(queries.ExtractOf(s_bucket), ct).ConfigureAwait(false),
            TimeBin = specification.MinTimeColumn == specification.MaxTimeColumn ? specification.TimeBin : null,
            Text = specification.Definition ?? specification.Extract,
            MergeBatchRows = specification.MergeBatchRows,
            Merger = specification.Merger,
        };
    }

    private void CheckLimits()
    {
        if (specification.Name.Length is 0 or > 200 || specification.Name.Any(c => char.IsControl(c) || c is '/' or '\\')
            || specification.Name.StartsWith("__", StringComparison.Ordinal))
        {
            // The name is a part of object keys, and names with two underscores are those of raw partitions.
            throw Error(SqlState.InvalidName, "a view's name has 1 to 200 characters, no control characters or slashes, and does not begin with two underscores");
        }
        const long Second = 1_000_000_000;
        if (specification.MaxDeltaFromSource < Second || specification.MaxDeltaMerged < Second)
        {
            throw Error(SqlState.InvalidParameterValue, "its largest insert ranges must be of a second at least");
        }
        if (specification.MergeBatchRows is <= 0 || specification.TimeBin is < 0)
        {
            throw Error(SqlState.InvalidParameterValue, "rows of a merge step must be positive, the time bin not negative");
        }
    }

    private void CheckColumns(Schema schema)
    {
        if (schema.Fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Error(SqlState.DuplicateColumn, $"its column '{twice.Key}' stands more than once");
        }
        foreach (string time in (string[])[specification.MinTimeColumn, specification.MaxTimeColumn])
        {
            if (schema.IndexOf(time) is not (>= 0 and var ordinal))
            {
                throw Error(SqlState.UndefinedColumn, $"it has no column '{time}' for its time");
            }
            if (schema[ordinal].Type != DataType.LakeTime)
            {
                throw Error(SqlState.DatatypeMismatch, $"its time '{time}' must be a {DataType.LakeTime} and is a {schema[ordinal].Type}");
            }
        }
        if (specification.SortOrder.FirstOrDefault(c => schema.IndexOf(c) < 0) is { } missing)
        {
            throw Error(SqlState.UndefinedColumn, $"it has no column '{missing}' to sort by");
        }
        try
        {
            new ParquetWriter(schema, ParquetSink.To(Stream.Null)).Dispose();
        }
        catch (ParquetException e)
        {
            throw new EngineException(SqlState.FeatureNotSupported, $"view '{specification.Name}': {e.Message}", e) { Hint = "Cast the column to another type." };
        }
    }

    /// <summary>
    /// Where nobody else knows the view, other queries make it another version: partitions that the old ones made are not read any more. Upstream's hash is that of
    /// the columns alone (spec/lakehouse.md §3.2).
    /// </summary>
    private byte[] HashOf(Schema schema)
    {
        string text = string.Join('\n', schema.Fields.Select(f => $"{f.Name} {f.Type} {f.Nullable}").Append(specification.Fingerprint()));
        byte[] hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, SipHash13.Hash(Encoding.UTF8.GetBytes(text)));
        return hash;
    }

    /// <summary>The views of the lake that the query names.</summary>
    private async ValueTask<IReadOnlyList<GlobalView>> SourcesAsync(string sql, CancellationToken ct)
    {
        var sources = new List<GlobalView>();
        foreach (string name in SqlEngine.TablesOf(SqlEngine.Parse(sql)[0]).Where(t => t.IsInDefaultSchema).Select(t => t.Name).Distinct())
        {
            if (name != specification.Name && !lake.Views.IsHidden(name) && await lake.Views.FindAsync(name, ct).ConfigureAwait(false) is { } view)
            {
                sources.Add(view);
            }
        }
        return sources;
    }

    private async ValueTask<Schema> DescribeAsync(ICatalog tables, QueryContext context, string sql, CancellationToken ct)
    {
        try
        {
            return await LakeStatement.DescribeAsync(lake.Views.Functions, tables, context, sql, ct).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            throw new EngineException(e.SqlState, $"view '{specification.Name}': {e.Message}", e) { Hint = e.Hint };
        }
    }

    private EngineException Error(string sqlState, string message) => new(sqlState, $"view '{specification.Name}': {message}");
}
