namespace Micromegas.Telemetry;

/// <summary>One row of <c>thread_spans</c>.</summary>
/// <param name="Id">Number of the begin event in its stream (of the end event where the begin is missing); −1 for the thread itself.</param>
/// <param name="Parent">Id of the span around it; 0 for the outermost.</param>
/// <param name="Depth">0 for the outermost.</param>
/// <param name="Begin">Unix nanoseconds.</param>
/// <param name="End">Unix nanoseconds.</param>
/// <param name="Scope">Its scope in the decoder's <see cref="SpanScopes"/>.</param>
public readonly record struct ThreadSpan(long Id, long Parent, uint Depth, long Begin, long End, int Scope);
