using System.Globalization;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Perfetto;

/// <summary><c>perfetto_trace_chunks(process, kind, begin, end)</c>: the spans of a process as a trace file in pieces (spec/sql.md §9).</summary>
internal sealed class PerfettoTraceFunction(LakeHost lake) : TableFunction("perfetto_trace_chunks")
{
    private static readonly RowColumn<TraceChunk>[] s_columns =
    [
        RowColumn.Integer<TraceChunk>(ViewColumns.Required("chunk_id", DataType.Int32), c => c.Number),
        RowColumn.Bytes<TraceChunk>(ViewColumns.Required("chunk_data", DataType.Binary), c => c.Data),
    ];

    public override string Usage => "(process, 'thread' | 'async' | 'both', begin, end)";

    public override string Summary => "A Perfetto trace of a process's spans, to be put together in the order of the chunks.";

    public override ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (arguments.Count > 4 || named.Count != 0)
        {
            throw new EngineException(SqlState.UndefinedFunction, $"{Name} takes a process id, a kind of spans and two times");
        }
        Guid process = SpanArguments.Process(Name, arguments.ElementAtOrDefault(0));
        SpanKinds kinds = SpanArguments.Kinds(Name, arguments.ElementAtOrDefault(1));
        long begin = Time(arguments.ElementAtOrDefault(2))
            ?? throw SpanArguments.Invalid($"Third argument to {Name} must be a timestamp (start time), for example TIMESTAMP '2026-01-01T00:00:00Z'");
        long end = Time(arguments.ElementAtOrDefault(3))
            ?? throw SpanArguments.Invalid($"Fourth argument to {Name} must be a timestamp (end time), for example TIMESTAMP '2026-01-01T00:00:00Z'");
        return ValueTask.FromResult<ITable>(new RowTable<TraceChunk>(s_columns, (conditions, ct) => WriteAsync(process, kinds, new TimeRange(begin, end), conditions.Context, ct)));
    }

    private async IAsyncEnumerable<IReadOnlyList<TraceChunk>> WriteAsync(
        Guid process, SpanKinds kinds, TimeRange range, QueryContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        using var trace = new TraceChunks(lake, process, kinds, range);
        await foreach (IReadOnlyList<TraceChunk> chunks in trace.WriteAsync(context, ct).ConfigureAwait(false))
        {
            yield return chunks;
        }
    }

    /// <summary>Nanoseconds since 1970 UTC of a timestamp or an RFC 3339 text.</summary>
    private static long? Time(Scalar? argument) => argument switch
    {
        { Value: long time, Type.Kind: TypeKind.Timestamp } => ToNanoseconds(time, argument.Type.Unit),
        { Value: string text } when DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) => (time.UtcTicks - DateTime.UnixEpoch.Ticks) * 100,
        _ => null,
    };

    private static long ToNanoseconds(long time, TimeUnit unit) => unit switch
    {
        TimeUnit.Second => time * 1_000_000_000,
        TimeUnit.Millisecond => time * 1_000_000,
        TimeUnit.Microsecond => time * 1_000,
        _ => time,
    };
}
