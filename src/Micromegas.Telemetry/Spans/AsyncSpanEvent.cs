namespace Micromegas.Telemetry;

/// <summary>One row of <c>async_events</c>.</summary>
/// <param name="Time">Unix nanoseconds.</param>
/// <param name="IsBegin">Begin or end of the span.</param>
/// <param name="SpanId">Number of the span in its process; 64 bits read as signed.</param>
/// <param name="ParentSpanId">Number of the span around it, 0 for none.</param>
/// <param name="Depth">How deep the producer says the span is.</param>
/// <param name="Scope">Its scope in the decoder's <see cref="SpanScopes"/>.</param>
public readonly record struct AsyncSpanEvent(long Time, bool IsBegin, long SpanId, long ParentSpanId, uint Depth, int Scope);
