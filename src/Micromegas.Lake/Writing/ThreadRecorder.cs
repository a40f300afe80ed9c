using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>
/// The spans of one thread on their way into its stream. Whatever order spans are ended in, what is written is properly nested: readers could not make anything
/// of the thread otherwise (spec/data-lake.md §5.8). Thread-safe.
/// </summary>
internal sealed class ThreadRecorder(Thread thread, RecordedStream<SpanBlockWriter> stream, BlockBacklog backlog, Action filled)
{
    private readonly Lock _gate = new();
    private readonly Stack<(long Number, SpanSite Site)> _open = new();
    private long _last;
    private bool _closed;

    /// <summary>Whether nothing more can come: the thread is gone and has no span open.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return !thread.IsAlive && _open.Count == 0;
            }
        }
    }

    /// <summary>Begins a span and gives its number.</summary>
    public long Begin(in SpanSite site)
    {
        backlog.WaitForRoom();
        lock (_gate)
        {
            Add(new ThreadSpanMark(true, site));
            _open.Push((++_last, site));
            return _last;
        }
    }

    /// <summary>Ends a span, and with it those that began inside and have not ended; one that has ended already is left alone.</summary>
    public void End(long number)
    {
        lock (_gate)
        {
            if (_closed || !IsOpen(number))
            {
                return;
            }
            (long Number, SpanSite Site) top;
            do
            {
                // Not made to wait for room: a span that has begun can always end.
                top = _open.Pop();
                Add(new ThreadSpanMark(false, top.Site));
            }
            while (top.Number != number);
        }
    }

    /// <summary>Begins or ends an asynchronous span, which may do the one here and the other on another thread.</summary>
    public void AddAsync(bool isBegin, in SpanSite site, long spanId, long parentId, uint depth)
    {
        if (isBegin)
        {
            backlog.WaitForRoom();
        }
        lock (_gate)
        {
            if (isBegin || !_closed)
            {
                Add(new AsyncSpanMark(isBegin, site, (ulong)spanId, (ulong)parentId, depth));
            }
        }
    }

    public void Seal() => stream.Seal();

    /// <summary>Closes the stream. Spans that are open then have no end of their own.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            stream.Close();
        }
    }

    private bool IsOpen(long number)
    {
        foreach ((long open, _) in _open)
        {
            if (open <= number)
            {
                return open == number;
            }
        }
        return false;
    }

    private void Add<TMark>(TMark mark)
        where TMark : IRecordedEvent<SpanBlockWriter>
    {
        if (stream.Add(mark))
        {
            filled();
        }
    }
}
