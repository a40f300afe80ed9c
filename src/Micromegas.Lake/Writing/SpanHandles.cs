using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>A span of a thread that has begun. Ending it twice does nothing.</summary>
public readonly struct ThreadSpanHandle
{
    private readonly ThreadRecorder? _thread;
    private readonly long _number;

    internal ThreadSpanHandle(ThreadRecorder thread, long number)
    {
        _thread = thread;
        _number = number;
    }

    /// <summary>Ends the span now, and with it the spans that began inside it on the same thread and have not ended.</summary>
    public void End() => _thread?.End(_number);
}

/// <summary>An asynchronous span that has begun. Ending it twice does nothing.</summary>
public sealed class AsyncSpanHandle
{
    private readonly ProcessRecorder _recorder;
    private int _ended;

    internal AsyncSpanHandle(ProcessRecorder recorder, SpanSite site, long number, AsyncSpanHandle? parent)
    {
        _recorder = recorder;
        Site = site;
        Number = number;
        ParentNumber = parent?.Number ?? 0;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>Its number in the process: <c>span_id</c> of its rows.</summary>
    public long Number { get; }

    internal SpanSite Site { get; }

    internal long ParentNumber { get; }

    internal uint Depth { get; }

    /// <summary>Ends the span now.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _recorder.EndAsyncSpan(this);
        }
    }
}
