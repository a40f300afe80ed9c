using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Receives the events of native blocks as JSON objects.</summary>
public interface INativeObjectSink
{
    /// <summary>Takes one event: its number in the stream, its type and its members as JSONB (valid until the sink returns).</summary>
    void Add(long index, string typeName, ReadOnlySpan<byte> members);
}

/// <summary>Decodes native blocks of any stream by their metadata alone: the generic view of spec/data-lake.md §5.11. Not thread-safe.</summary>
public sealed class NativeObjectDecoder : IDisposable
{
    private readonly TransitBlock block = new();
    private readonly BlockWarnings warnings = new();
    private readonly TransitObjectWriter writer;
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public NativeObjectDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
        writer = new TransitObjectWriter(block);
    }

    /// <summary>Decodes one block and hands every object to <paramref name="sink"/>. Values that are no objects take a number and give no row.</summary>
    /// <exception cref="ArgumentException">The stream is not a native one.</exception>
    public BlockOutcome Decode<TSink>(in BlockSource source, ref TSink sink)
        where TSink : INativeObjectSink, allows ref struct
    {
        if (source.Stream.Format != StreamFormats.Transit)
        {
            throw new ArgumentException("Only native blocks describe their objects.", nameof(source));
        }

        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
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
    }
}
