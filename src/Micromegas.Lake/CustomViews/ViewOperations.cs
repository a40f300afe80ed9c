using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;

namespace Micromegas.Lake.CustomViews;

/// <summary>What the statements on materialized views do.</summary>
internal sealed class ViewOperations(LakeHost lake)
{
    /// <summary>Keeps a view in the catalogue; partitions of another version of it are retired.</summary>
    public async ValueTask DefineAsync(ViewSpecification specification, QueryView view, CancellationToken ct)
    {
        await lake.Views.StoreAsync(specification, ct).ConfigureAwait(false);
        await RetireAsync(specification.Name, p => !view.Definition.SchemaHash.AsSpan().SequenceEqual(p.SchemaHash), ct).ConfigureAwait(false);
    }

    /// <summary>Removes a view from the catalogue and retires its partitions.</summary>
    public async ValueTask DropAsync(string name, CancellationToken ct)
    {
        // The definition first: what is interrupted here leaves partitions that nobody reads, and that the very same view would find right.
        if (await lake.Views.RemoveAsync(name, ct).ConfigureAwait(false))
        {
            await RetireAsync(name, static _ => true, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the partitions of a view anew, and those that are due and missing.</summary>
    /// <param name="view">The view.</param>
    /// <param name="range">Insert times; null for all.</param>
    /// <param name="context">Whose memory and workers are used.</param>
    /// <param name="ct">Ends the work; what was committed stays.</param>
    public async ValueTask RefreshAsync(QueryView view, LakeTimeRange? range, QueryContext context, CancellationToken ct)
    {
        if (lake.IsReadOnly)
        {
            throw Throw.ReadOnly();
        }
        await SharedSchema.RequireOwnAsync(lake, view, ct).ConfigureAwait(false);
        var materializer = new GlobalMaterializer(lake, context);
        await materializer.RemakeAsync(view, range ?? new LakeTimeRange(long.MinValue, long.MaxValue), ct).ConfigureAwait(false);
        foreach (long length in DueBuckets.Lengths)
        {
            foreach (LakeTimeRange bucket in await DueBuckets.ListAsync(lake, length, ct).ConfigureAwait(false))
            {
                if (range is not { } wanted || wanted.Contains(bucket))
                {
                    await materializer.MaterializeAsync(view, bucket, length, ct).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask RetireAsync(string name, Func<PartitionRecord, bool> condition, CancellationToken ct)
    {
        PartitionRecord[] partitions =
            [.. (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = name }, ct).ConfigureAwait(false)).Where(condition)];
        if (partitions.Length > 0)
        {
            await lake.Catalog.RetirePartitionsAsync(partitions, ct).ConfigureAwait(false);
        }
    }
}
