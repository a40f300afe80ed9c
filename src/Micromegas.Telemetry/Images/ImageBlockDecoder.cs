using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes native <c>image</c> blocks into rows of <c>images</c> (spec/data-lake.md §5.10). Not thread-safe: one a worker, for many blocks.</summary>
/// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
public sealed class ImageBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength) : EventDecoder<ImageEvent>(maxLength)
{
    private readonly TransitBlock block = new();
    private readonly PooledBuffer names = new();
    private readonly PooledBuffer formats = new();

    /// <inheritdoc/>
    public override void Dispose()
    {
        block.Dispose();
        names.Dispose();
        formats.Dispose();
    }

    private protected override bool Read<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
    {
        if (source.Stream.Format != StreamFormats.Transit)
        {
            return false;
        }

        block.Load(source, MaxLength);
        TickConverter clock = TickConverter.Of(source);

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

        return true;
    }
}
