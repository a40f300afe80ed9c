using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks of log streams, native and OTLP, into rows of <c>log_entries</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class LogBlockDecoder : EventDecoder<LogEvent>
{
    private readonly TransitLogReader transit;
    private readonly OtlpLogReader otlp = new();

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public LogBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
        : base(maxLength)
    {
        transit = new TransitLogReader(Warnings);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        transit.Dispose();
        otlp.Dispose();
    }

    private protected override bool Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
    {
        switch (block.Stream.Format)
        {
            case StreamFormats.Transit:
                transit.Read(block, ref sink, MaxLength, ref events, ref rows);
                return true;
            case StreamFormats.OtlpLogs:
                otlp.Read(block, ref sink, ref events, ref rows);
                return true;
            default:
                return false;
        }
    }
}
