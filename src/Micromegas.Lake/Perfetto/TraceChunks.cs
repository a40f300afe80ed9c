using System.Runtime.CompilerServices;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Perfetto;

/// <summary>A piece of a trace; the pieces in their order are the file.</summary>
internal sealed record TraceChunk(int Number, byte[] Data);

/// <summary>Makes the trace of a process in the order of spec/sql.md §9.3, while it is read.</summary>
internal sealed class TraceChunks(LakeHost lake, Guid process, SpanKinds kinds, TimeRange range) : IDisposable
{
    private const int ChunkLength = 8192;

    private readonly TraceWriter _trace = new(process);
    private readonly List<TraceChunk> _chunks = [];
    private int _count;

    public async IAsyncEnumerable<IReadOnlyList<TraceChunk>> WriteAsync(QueryContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        ProcessRecord? record = await lake.Catalog.FindProcessAsync(process, ct).ConfigureAwait(false);
        if (record is null)
        {
            throw SpanArguments.Invalid($"Trace generation failed: Process {process} not found");
        }
        _trace.WriteProcess(record.Exe);
        Flush();
        IReadOnlyList<StreamRecord> streams = await ProcessSpansTable.ListStreamsAsync(lake.Catalog, process, ct).ConfigureAwait(false);
        foreach (StreamRecord stream in streams)
        {
            _trace.WriteThread(stream);
        }
        Flush();
        if (kinds.HasFlag(SpanKinds.Async))
        {
            _trace.WriteAsyncTrack();
            Flush();
        }
        yield return Take();
        foreach (StreamRecord stream in kinds.HasFlag(SpanKinds.Thread) ? streams : [])
        {
            ulong track = TraceWriter.TrackOf(stream);
            long last = long.MinValue;
            var view = new ViewTable(lake, ThreadSpansView.Definition, stream.StreamId.ToString("D"));
            IAsyncEnumerable<int> pieces = TableReader.ReadAsync(
                view,
                ["begin", "end", "name", "target", "filename", "line"],
                context,
                range,
                rows => last = AddSpans(rows, track, last, stream),
                ct);
            await foreach (int _ in pieces.ConfigureAwait(false))
            {
                yield return Take();
            }
        }
        if (kinds.HasFlag(SpanKinds.Async))
        {
            string query = AsyncSpansMorsel.Query(process, ["b.time", "e.time", "b.name", "b.target", "b.filename", "b.line"]);
            await foreach (Batch rows in LakeStatement.RunAsync(lake.Tables, context, query, range, ct).ConfigureAwait(false))
            {
                AddSpans(rows, _trace.AsyncTrack, long.MinValue, null);
                yield return Take();
            }
        }
        Flush();
        yield return Take();
    }

    public void Dispose() => _trace.Dispose();

    private long AddSpans(Batch rows, ulong track, long last, StreamRecord? thread)
    {
        for (int i = 0; i < rows.SelectedCount; i++)
        {
            int row = rows.Selection?.Span[i] ?? i;
            long begin = Number<long>(rows.Columns[0], row);
            if (thread is not null && begin < last)
            {
                throw new LakeException("XX001", $"thread spans out of order for stream {thread.StreamId}");
            }
            last = begin;
            _trace.WriteSpan(
                track,
                begin,
                Number<long>(rows.Columns[1], row),
                Text(rows.Columns[2], row),
                Text(rows.Columns[3], row),
                Text(rows.Columns[4], row),
                Number<uint>(rows.Columns[5], row));
            if (_trace.Length >= ChunkLength)
            {
                Flush();
            }
        }
        return last;
    }

    private void Flush()
    {
        if (_trace.Length > 0)
        {
            _chunks.Add(new TraceChunk(_count++, _trace.Take()));
        }
    }

    private TraceChunk[] Take()
    {
        TraceChunk[] taken = [.. _chunks];
        _chunks.Clear();
        return taken;
    }

    private static T Number<T>(Vector column, int row)
        where T : unmanaged
    {
        Vector plain = column.Resolve(ref row);
        return ((FlatVector<T>)plain)[row];
    }

    private static ReadOnlySpan<byte> Text(Vector column, int row)
    {
        Vector plain = column.Resolve(ref row);
        return ((BinaryVector)plain)[row];
    }
}
