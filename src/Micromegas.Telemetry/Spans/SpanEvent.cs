namespace Micromegas.Telemetry;

/// <summary>A begin or end of a span, as a <c>cpu</c> stream has it.</summary>
/// <param name="IsBegin">Begin or end.</param>
/// <param name="Id">Number of the event in its stream.</param>
/// <param name="Ticks">Absolute ticks.</param>
/// <param name="Scope">Its scope in the reader's <see cref="SpanScopes"/>.</param>
internal readonly record struct SpanEvent(bool IsBegin, long Id, long Ticks, int Scope);

/// <summary>What an event of an asynchronous span has besides.</summary>
/// <param name="SpanId">The span's number in the process.</param>
/// <param name="ParentId">The number of the span that this one belongs to, 0 for none.</param>
/// <param name="Depth">How deep the producer says it is.</param>
internal readonly record struct AsyncSpanPlace(long SpanId, long ParentId, uint Depth);

/// <summary>Receives the events of <c>cpu</c> blocks.</summary>
internal interface ISpanEventSink
{
    /// <summary>Asynchronous spans instead of those of the thread.</summary>
    static abstract bool TakesAsync { get; }

    /// <summary>Takes an event; false ends the block.</summary>
    /// <param name="row">The event.</param>
    /// <param name="place">Where <see cref="TakesAsync"/>: the rest of it.</param>
    bool Add(in SpanEvent row, in AsyncSpanPlace place);
}
