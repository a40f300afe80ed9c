using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>Reads blocks that no partition holds: each is decoded when a worker comes to it, and its rows filtered by all predicates.</summary>
internal sealed class BlockScan
{
    private readonly LakeHost _lake;
    private readonly ViewDefinition _view;
    private readonly ScanRequest _request;
    private readonly int[] _ordinals;
    private readonly PlanColumn[] _columns;
    private readonly Schema _output;
    private readonly BlockFailures _failures;

    public BlockScan(LakeHost lake, ViewDefinition view, ScanRequest request)
    {
        _lake = lake;
        _view = view;
        _request = request;
        var used = new HashSet<PlanColumn>();
        foreach (BoundExpression predicate in request.Predicates)
        {
            predicate.CollectColumns(used);
        }
        _ordinals = request.Projection.Concat(Enumerable.Range(0, view.Schema.Count).Where(i => used.Contains(request.TableColumns[i]))).Distinct().ToArray();
        _columns = Array.ConvertAll(_ordinals, i => request.TableColumns[i]);
        _output = view.Schema.Project(request.Projection.ToArray());
        _failures = new BlockFailures(view.Name, lake.Logger, lake.Options.TimeProvider);
    }

    private LiveRowsFilter Filter => new(_request.Predicates, _columns, _request.Projection.Select(p => Array.IndexOf(_ordinals, p)).ToArray(), _output);

    public Morsel Plan(JitPartition partition) => new ChainMorsel(this, partition);

    public Morsel Plan(SourceBlock block) => new BlockMorsel(this, new BlockPayload(_lake.Store, block));

    private sealed class BlockMorsel(BlockScan scan, BlockPayload payload) : Morsel
    {
        private byte[]? _bytes;

        public override long? RowCount => payload.Source.Block.ObjectCount;

        public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
        {
            _bytes = await payload.FetchAsync(cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref scan._request.Context.Statistics.BytesRead, _bytes?.Length ?? 0);
        }

        public override MorselReader Open(QueryContext context)
        {
            using BlockDecoder decoder = scan._view.CreateDecoder!(scan._ordinals);
            DecodedBlock block = payload.Decode(decoder, _bytes);
            _bytes = null;
            scan._failures.Report(block, context);
            Interlocked.Increment(ref context.Statistics.BlocksDecoded);
            Interlocked.Add(ref context.Statistics.LiveRows, block.RowCount);
            return new LiveRowsReader(scan.Filter, block.Rows is { } rows ? [rows] : [], context);
        }
    }

    /// <summary>Blocks that are decoded together: they are fetched at once, and their rows are taken batch by batch.</summary>
    private sealed class ChainMorsel(BlockScan scan, JitPartition partition) : Morsel
    {
        private readonly List<Batch> _rows = [];

        public override long? RowCount => partition.SourceCount;

        public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
        {
            using var pipeline = new ChainPipeline(scan._view, scan._ordinals, scan._lake.Store, scan._failures, scan._request.Context);
            await foreach (Batch rows in pipeline.DecodeAsync(partition.Blocks, cancellationToken).ConfigureAwait(false))
            {
                _rows.Add(rows);
            }
        }

        public override MorselReader Open(QueryContext context)
        {
            Interlocked.Add(ref context.Statistics.LiveRows, _rows.Sum(r => r.RowCount));
            var reader = new LiveRowsReader(scan.Filter, [.. _rows], context);
            _rows.Clear();
            return reader;
        }

        public override void Dispose()
        {
            base.Dispose();
            _rows.ForEach(rows => rows.DisposeColumns());
            _rows.Clear();
        }
    }
}
