namespace Micromegas.Telemetry;

/// <summary>The columns of a block row that decoding needs.</summary>
/// <param name="BeginTicks">Native: relative to the process start. OTLP: absolute Unix nanoseconds.</param>
/// <param name="EndTicks">Same reference as <paramref name="BeginTicks"/>.</param>
/// <param name="BeginTime">Wall clock in Unix nanoseconds, as stored (microseconds).</param>
/// <param name="EndTime">Wall clock in Unix nanoseconds, as stored (microseconds).</param>
/// <param name="ObjectCount">Events that the client claimed.</param>
/// <param name="ObjectOffset">Events in all earlier blocks of the stream.</param>
public readonly record struct BlockRow(long BeginTicks, long EndTicks, long BeginTime, long EndTime, int ObjectCount, long ObjectOffset);

/// <summary>A block to decode: its rows in the catalogue and the stored bytes.</summary>
public readonly ref struct BlockSource
{
    /// <summary>Puts a block together.</summary>
    public BlockSource(ProcessClock process, StreamDescription stream, BlockRow row, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Process = process;
        Stream = stream;
        Row = row;
        Payload = payload;
    }

    /// <summary>Clock of the process that owns the block.</summary>
    public ProcessClock Process { get; }

    /// <summary>The stream that the block belongs to.</summary>
    public StreamDescription Stream { get; }

    /// <summary>The block's own row.</summary>
    public BlockRow Row { get; }

    /// <summary>The stored object.</summary>
    public ReadOnlySpan<byte> Payload { get; }
}
