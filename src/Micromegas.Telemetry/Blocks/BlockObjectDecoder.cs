using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>One event of a block as a JSON object. The members are valid until the sink returns.</summary>
public readonly ref struct BlockObject
{
    /// <summary>Number of the event in its stream.</summary>
    public required long Index { get; init; }

    /// <summary>Name of the event's type.</summary>
    public required string TypeName { get; init; }

    /// <summary>JSONB object.</summary>
    public required ReadOnlySpan<byte> Members { get; init; }
}

/// <summary>
/// Decodes blocks of any stream, native ones by their metadata alone: the generic view of spec/data-lake.md §5.11 and §8.8. Values that are no objects take a
/// number and give no row. Not thread-safe.
/// </summary>
public sealed class BlockObjectDecoder : EventDecoder<BlockObject>
{
    private readonly TransitBlock block = new();
    private readonly TransitObjectWriter writer;
    private readonly OtlpObjectReader otlp = new();

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public BlockObjectDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
        : base(maxLength)
    {
        writer = new TransitObjectWriter(block);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        block.Dispose();
        writer.Dispose();
        otlp.Dispose();
    }

    private protected override bool Read<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
    {
        switch (source.Stream.Format)
        {
            case StreamFormats.Transit:
                ReadTransit(source, ref sink, ref events, ref rows);
                return true;
            case StreamFormats.OtlpLogs or StreamFormats.OtlpMetrics or StreamFormats.OtlpTraces:
                otlp.Read(source, ref sink, ref events, ref rows);
                return true;
            default:
                return false;
        }
    }

    private void ReadTransit<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<BlockObject>
    {
        block.Load(source, MaxLength);
        RecordWalk walk = new(block.ObjectLayouts, block.Objects);
        while (walk.MoveNext())
        {
            TypeLayout layout = block.ObjectLayouts[walk.Type];
            long index = source.Row.ObjectOffset + events++;
            if (layout.Size == 0 && !TransitTypes.HasReader(layout.Name))
            {
                Warnings.Add($"unknown dynamic event '{layout.Name}'");
            }

            if (writer.TryWrite(layout, walk.Start, walk.Length, out ReadOnlySpan<byte> members))
            {
                sink.Add(new BlockObject { Index = index, TypeName = layout.Name, Members = members });
                rows++;
            }
        }
    }
}
