using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks of trace streams into rows of <c>otel_spans</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class OtlpSpanBlockDecoder : IDisposable
{
    private readonly BlockWarnings warnings = new();
    private readonly OtlpSpanReader reader = new();

    /// <summary>Decodes one block and hands every row to <paramref name="sink"/>.</summary>
    /// <returns>What became of the block. A damaged block is no exception here; exceptions of the sink pass through.</returns>
    public BlockOutcome Decode<TSink>(in BlockSource block, ref TSink sink)
        where TSink : IOtlpSpanSink, allows ref struct
    {
        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
        {
            if (block.Stream.Format == StreamFormats.OtlpTraces)
            {
                reader.Read(block, ref sink, ref events, ref rows);
            }
            else
            {
                warnings.Add($"block of the format '{block.Stream.Format}' skipped");
            }
        }
        catch (CorruptDataException e)
        {
            return BlockOutcome.Dropped(e.Message, events, rows, warnings.ToList());
        }

        return BlockOutcome.Decoded(events, rows, warnings.ToList());
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();
}
