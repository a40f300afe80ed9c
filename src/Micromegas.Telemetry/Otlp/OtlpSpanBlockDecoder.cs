using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks of trace streams into rows of <c>otel_spans</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class OtlpSpanBlockDecoder() : EventDecoder<OtlpSpan>(Lz4Frame.DefaultMaxLength)
{
    private readonly OtlpSpanReader reader = new();

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();

    private protected override bool Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
    {
        if (block.Stream.Format != StreamFormats.OtlpTraces)
        {
            return false;
        }

        reader.Read(block, ref sink, ref events, ref rows);
        return true;
    }
}
