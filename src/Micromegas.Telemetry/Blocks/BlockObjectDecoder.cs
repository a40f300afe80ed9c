using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Receives the events of blocks as JSON objects.</summary>
public interface IBlockObjectSink
{
    /// <summary>Takes one event: its number in the stream, its type and its members as JSONB (valid until the sink returns).</summary>
    void Add(long index, string typeName, ReadOnlySpan<byte> members);
}

/// <summary>Decodes blocks of any stream, native ones by their metadata alone: the generic view of spec/data-lake.md §5.11 and §8.8. Not thread-safe.</summary>
public sealed class BlockObjectDecoder : IDisposable
{
    private readonly TransitBlock block = new();
    private readonly BlockWarnings warnings = new();
    private readonly TransitObjectWriter writer;
    private readonly OtlpObjectReader otlp = new();
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public BlockObjectDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
        writer = new TransitObjectWriter(block);
    }

    /// <summary>Decodes one block and hands every object to <paramref name="sink"/>. Values that are no objects take a number and give no row.</summary>
    public BlockOutcome Decode<TSink>(in BlockSource source, ref TSink sink)
        where TSink : IBlockObjectSink, allows ref struct
    {
        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
        {
            switch (source.Stream.Format)
            {
                case StreamFormats.Transit:
                    Read(source, ref sink, ref events, ref rows);
                    break;
                case StreamFormats.OtlpLogs or StreamFormats.OtlpMetrics or StreamFormats.OtlpTraces:
                    otlp.Read(source, ref sink, ref events, ref rows);
                    break;
                default:
                    warnings.Add($"block of the unknown format '{source.Stream.Format}' skipped");
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
        block.Dispose();
        writer.Dispose();
        otlp.Dispose();
    }

    private void Read<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
        where TSink : IBlockObjectSink, allows ref struct
    {
        block.Load(source, maxLength);
        RecordWalk walk = new(block.ObjectLayouts, block.Objects);
        while (walk.MoveNext())
        {
            TypeLayout layout = block.ObjectLayouts[walk.Type];
            long index = source.Row.ObjectOffset + events++;
            if (layout.Size == 0 && !TransitTypes.HasReader(layout.Name))
            {
                warnings.Add($"unknown dynamic event '{layout.Name}'");
            }

            if (writer.TryWrite(layout, walk.Start, walk.Length, out ReadOnlySpan<byte> members))
            {
                sink.Add(index, layout.Name, members);
                rows++;
            }
        }
    }
}
