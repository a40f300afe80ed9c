using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>The rows of <c>thread_spans</c> of every thread of a process, stream by stream, and its asynchronous spans in the same form.</summary>
/// <param name="lake">The lake.</param>
/// <param name="process">The process.</param>
/// <param name="kinds">Which spans.</param>
/// <param name="withThread">Whether two columns in front say of which stream and thread a row is.</param>
internal sealed class ProcessSpansTable(LakeHost lake, Guid process, SpanKinds kinds, bool withThread) : ITable
{
    private const string Tag = "cpu";

    // Upstream's types; fewer than 32,768 threads have a name here as there.
    private static readonly DataType s_threadText = DataType.Dictionary(DataType.Int16, DataType.Utf8);

    private static readonly Field[] s_threadColumns =
        [ViewColumns.Required("stream_id", s_threadText), ViewColumns.Required("thread_name", s_threadText)];

    /// <summary>The columns with stream and thread.</summary>
    public static Schema WithThread { get; } = new((Field[])[.. s_threadColumns, .. ThreadSpansView.Definition.Schema.Fields]);

    public Schema Schema { get; } = withThread ? WithThread : ThreadSpansView.Definition.Schema;

    public TableStatistics? Statistics => null;

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult<ScanPlan>(new Scan(this, request));
    }

    /// <summary>The streams of the process that have spans, by id.</summary>
    public static async ValueTask<IReadOnlyList<StreamRecord>> ListStreamsAsync(ILakeCatalog catalog, Guid process, CancellationToken ct)
    {
        IReadOnlyList<StreamActivity> streams = await catalog.ListStreamsAsync(new BlockFilter { ProcessId = process, Tag = Tag }, ct).ConfigureAwait(false);
        return streams.Select(s => s.Stream).OrderBy(s => s.StreamId.ToString("D"), StringComparer.Ordinal).ToArray();
    }

    private async IAsyncEnumerable<Morsel> OpenAsync(ScanRequest request, QueryContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        int before = withThread ? s_threadColumns.Length : 0;
        PlanColumn[] spanColumns = request.TableColumns.Skip(before).ToArray();
        var spans = new ScanRequest
        {
            Context = request.Context,
            Projection = request.Projection.Where(c => c >= before).Select(c => c - before).ToArray(),
            TableColumns = spanColumns,
            Predicates = request.Predicates.Where(p => UsesOnly(p, spanColumns)).ToArray(),
            TimeRange = request.TimeRange,
        };
        if (kinds.HasFlag(SpanKinds.Thread))
        {
            foreach (StreamRecord stream in await ListStreamsAsync(lake.Catalog, process, ct).ConfigureAwait(false))
            {
                var view = new ViewTable(lake, ThreadSpansView.Definition, stream.StreamId.ToString("D"));
                ScanPlan plan = await view.PlanScanAsync(spans, ct).ConfigureAwait(false);
                await foreach (Morsel morsel in plan.OpenAsync(context, ct).ConfigureAwait(false))
                {
                    yield return withThread ? Labelled(morsel, request, stream.StreamId.ToString("D"), ThreadName.Of(stream)) : morsel;
                }
            }
        }
        if (kinds.HasFlag(SpanKinds.Async))
        {
            yield return Labelled(new AsyncSpansMorsel(lake, process, spans.Projection, context), request, "", "async");
        }
    }

    private static LabelledMorsel Labelled(Morsel morsel, ScanRequest request, string streamId, string threadName) =>
        new(morsel, WithThread.Project(request.Projection.ToArray()), request.Projection.Select(c => c == 0 ? streamId : c == 1 ? threadName : null).ToArray());

    private static bool UsesOnly(BoundExpression predicate, PlanColumn[] columns)
    {
        var used = new HashSet<PlanColumn>();
        predicate.CollectColumns(used);
        return used.IsSubsetOf(columns);
    }

    private sealed class Scan(ProcessSpansTable table, ScanRequest request) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

        public override IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, CancellationToken cancellationToken) =>
            table.OpenAsync(request, context, cancellationToken);
    }
}
