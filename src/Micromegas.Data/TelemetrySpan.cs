using Micromegas.Lake.Writing;

namespace Micromegas.Data;

/// <summary>A span of a thread, made by <see cref="TelemetryWriter.Span"/>: disposal ends it.</summary>
public readonly struct TelemetrySpan : IDisposable
{
    private readonly ThreadSpanHandle _handle;

    internal TelemetrySpan(ThreadSpanHandle handle) => _handle = handle;

    /// <summary>Ends the span, and with it the spans that began inside it on the same thread and have not ended. A second call does nothing.</summary>
    public void Dispose() => _handle.End();
}

/// <summary>An asynchronous span, made by <see cref="TelemetryWriter.AsyncSpan"/>: disposal ends it, on whatever thread.</summary>
public sealed class TelemetryAsyncSpan : IDisposable
{
    internal TelemetryAsyncSpan(AsyncSpanHandle handle) => Handle = handle;

    /// <summary>Its number in the process: <c>span_id</c> of its rows.</summary>
    public long SpanId => Handle.Number;

    internal AsyncSpanHandle Handle { get; }

    /// <summary>Ends the span. A second call does nothing.</summary>
    public void Dispose() => Handle.End();
}
