using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks of log streams, native and OTLP, into rows of <c>log_entries</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class LogBlockDecoder : IDisposable
{
    private readonly BlockWarnings warnings = new();
    private readonly TransitLogReader transit;
    private readonly OtlpLogReader otlp = new();
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public LogBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
        transit = new TransitLogReader(warnings);
    }

    /// <summary>Decodes one block and hands every row to <paramref name="sink"/>.</summary>
    /// <returns>What became of the block. A damaged block is no exception here; exceptions of the sink pass through.</returns>
    public BlockOutcome Decode<TSink>(in BlockSource block, ref TSink sink)
        where TSink : ILogSink, allows ref struct
    {
        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
        {
            switch (block.Stream.Format)
            {
                case StreamFormats.Transit:
                    transit.Read(block, ref sink, maxLength, ref events, ref rows);
                    break;
                case StreamFormats.OtlpLogs:
                    otlp.Read(block, ref sink, ref events, ref rows);
                    break;
                default:
                    warnings.Add($"block of the unknown format '{block.Stream.Format}' skipped");
                    break;
            }
        }
        catch (CorruptDataException e)
        {
            return BlockOutcome.Dropped(e.Message, events, rows, warnings.ToList());
        }

        return BlockOutcome.Decoded(events, rows, warnings.ToList());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        transit.Dispose();
        otlp.Dispose();
    }
}
