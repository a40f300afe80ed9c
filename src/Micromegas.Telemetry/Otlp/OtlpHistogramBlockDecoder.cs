using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks of metric streams into rows of <c>otel_histograms</c>; native ones have none. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class OtlpHistogramBlockDecoder : EventDecoder<OtlpHistogram>
{
    private readonly OtlpHistogramReader reader;

    /// <summary>Makes a decoder.</summary>
    public OtlpHistogramBlockDecoder()
        : base(Lz4Frame.DefaultMaxLength)
    {
        reader = new OtlpHistogramReader(Warnings);
    }

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();

    private protected override bool Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
    {
        if (block.Stream.Format == StreamFormats.OtlpMetrics)
        {
            reader.Read(block, ref sink, ref events, ref rows);
        }

        return block.Stream.Format is StreamFormats.OtlpMetrics or StreamFormats.Transit;
    }
}
