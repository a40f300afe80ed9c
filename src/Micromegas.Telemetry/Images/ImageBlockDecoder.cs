using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes native <c>image</c> blocks into rows of <c>images</c> (spec/data-lake.md §5.10). Not thread-safe: one a worker, for many blocks.</summary>
public sealed class ImageBlockDecoder : IDisposable
{
    private readonly TransitBlock block = new();
    private readonly PooledBuffer names = new();
    private readonly PooledBuffer formats = new();
    private readonly BlockWarnings warnings = new();
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public ImageBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
    }

    /// <summary>Decodes one block and hands every row to <paramref name="sink"/>.</summary>
    /// <returns>What became of the block. A damaged block is no exception here; exceptions of the sink pass through.</returns>
    public BlockOutcome Decode<TSink>(in BlockSource source, ref TSink sink)
        where TSink : IImageSink, allows ref struct
    {
        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
        {
            if (source.Stream.Format == StreamFormats.Transit)
            {
                Read(source, ref sink, ref events, ref rows);
            }
            else
            {
                warnings.Add($"block of the format '{source.Stream.Format}' skipped");
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
        names.Dispose();
        formats.Dispose();
    }

    private void Read<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
        where TSink : IImageSink, allows ref struct
    {
        block.Load(source, maxLength);
        if (!TickConverter.TryCreate(source.Process, source.Row.EndTicks, source.Row.EndTime, out TickConverter clock))
        {
            throw new CorruptDataException("Invalid frequency: the process has none and the block's end gives none");
        }

        RecordWalk walk = new(block.ObjectLayouts, block.Objects);
        while (walk.MoveNext())
        {
            events++;
            TypeLayout layout = block.ObjectLayouts[walk.Type];
            if (layout.Size != 0)
            {
                block.Dependencies.CheckReferences(layout, block.Objects, walk.Start);
                if (layout.Name == TransitTypes.ImageEvent && !layout.IsReference)
                {
                    throw new CorruptDataException("An image of fixed size has no data", walk.Start);
                }
            }
            else if (layout.Name == TransitTypes.ImageEvent)
            {
                names.Clear();
                formats.Clear();
                InstanceCursor cursor = new(block.Objects, walk.Start, walk.Start + walk.Length);
                sink.Add(new ImageEvent
                {
                    Time = clock.FromAbsolute(cursor.ReadInt64()),
                    Name = cursor.ReadText(names),
                    Format = cursor.ReadText(formats),
                    Data = cursor.ReadBlob(),
                });
                rows++;
            }
        }
    }
}
