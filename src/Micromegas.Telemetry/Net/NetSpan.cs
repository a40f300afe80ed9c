namespace Micromegas.Telemetry;

/// <summary>What a net span stands for.</summary>
public enum NetSpanKind
{
    /// <summary>A packet of a connection.</summary>
    Connection,

    /// <summary>A replicated object.</summary>
    Object,

    /// <summary>A property of an object.</summary>
    Property,

    /// <summary>A remote call.</summary>
    Rpc,
}

/// <summary>One row of <c>net_spans</c>. Texts are numbers for <see cref="NetSpanDecoder.Text"/>.</summary>
/// <param name="Id">Number of the begin event in its stream.</param>
/// <param name="Parent">Id of the span around it, −1 for none.</param>
/// <param name="Depth">0 for the outermost.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Name">Its name.</param>
/// <param name="Connection">Name of the connection, empty for none.</param>
/// <param name="IsOutgoing">Whether the connection's packet was sent.</param>
/// <param name="BeginBits">Where it begins inside the span around it.</param>
/// <param name="BitSize">Its bits.</param>
/// <param name="Begin">Unix nanoseconds.</param>
/// <param name="End">Unix nanoseconds.</param>
public readonly record struct NetSpan(
    long Id, long Parent, uint Depth, NetSpanKind Kind, int Name, int Connection, bool IsOutgoing, long BeginBits, long BitSize, long Begin, long End);
