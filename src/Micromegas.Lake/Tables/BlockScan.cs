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
            return new Reader(scan, block, context);
        }
    }

    private sealed class Reader : MorselReader
    {
        private readonly BlockScan _scan;
        private readonly DecodedBlock _block;
        private readonly BatchView? _view;
        private readonly VectorExpression[] _predicates;
        private readonly Selection[] _selections = [new(), new()];
        private readonly Batch _result;
        private readonly int _batchSize;
        private int _position;

        public Reader(BlockScan scan, DecodedBlock block, QueryContext context)
        {
            _scan = scan;
            _block = block;
            _view = block.Rows is null ? null : new BatchView(block.Rows);
            _predicates = scan._request.Predicates.Select(p => ExpressionCompiler.Compile(p, scan._columns, context)).ToArray();
            _result = new Batch(scan._output, new Vector[scan._output.Count]);
            _batchSize = context.Options.BatchSize;
        }

        public override Batch? Next()
        {
            while (_position < _block.RowCount)
            {
                int count = Math.Min(_batchSize, _block.RowCount - _position);
                Batch slice = _view!.Move(_position, count);
                _position += count;
                if (Filter(slice, out Selection? selection) == 0)
                {
                    continue;
                }
                IReadOnlyList<int> projection = _scan._request.Projection;
                for (int i = 0; i < projection.Count; i++)
                {
                    _result.Columns[i] = slice.Columns[Array.IndexOf(_scan._ordinals, projection[i])];
                }
                _result.RowCount = count;
                _result.Selection = selection;
                return _result;
            }
            return null;
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (VectorExpression predicate in _predicates)
            {
                predicate.Dispose();
            }
            foreach (Selection selection in _selections)
            {
                selection.Dispose();
            }
            _view?.Dispose();
            _block.Dispose();
        }

        private int Filter(Batch slice, out Selection? selection)
        {
            selection = null;
            int left = slice.RowCount;
            for (int i = 0; i < _predicates.Length && left > 0; i++)
            {
                Selection result = _selections[ReferenceEquals(selection, _selections[0]) ? 1 : 0];
                int before = left;
                left = _predicates[i].Filter(slice, selection, result);
                result.Count = left;
                selection = left == before ? selection : result;
            }
            return left;
        }
    }
}
