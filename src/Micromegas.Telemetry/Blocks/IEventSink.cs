namespace Micromegas.Telemetry;

/// <summary>Receives what a decoder finds in blocks, in the order of the events.</summary>
/// <typeparam name="TEvent">Kind of event, such as <see cref="LogEvent"/>.</typeparam>
public interface IEventSink<TEvent>
    where TEvent : struct, allows ref struct
{
    /// <summary>Takes one event, whose spans are valid until this returns; it may turn out to be lost (see <see cref="BlockOutcome.IsDropped"/>).</summary>
    void Add(in TEvent row);
}
