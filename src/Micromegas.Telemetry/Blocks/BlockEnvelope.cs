using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The two parts of a stored block (spec/data-lake.md §3.1): LZ4 frames for native streams, nothing and raw protobuf for OTLP.</summary>
public readonly ref struct BlockEnvelope
{
    private BlockEnvelope(ReadOnlySpan<byte> dependencies, ReadOnlySpan<byte> objects)
    {
        Dependencies = dependencies;
        Objects = objects;
    }

    /// <summary>Encoded dependencies.</summary>
    public ReadOnlySpan<byte> Dependencies { get; }

    /// <summary>Encoded objects.</summary>
    public ReadOnlySpan<byte> Objects { get; }

    /// <summary>Reads a stored block in its present form and in the legacy form with arrays of numbers.</summary>
    /// <exception cref="CorruptDataException">Not a map, a part missing, repeated or of another type, or cut.</exception>
    public static BlockEnvelope Read(ReadOnlySpan<byte> payload)
    {
        CborReader reader = new(payload);
        ReadOnlySpan<byte> dependencies = default;
        ReadOnlySpan<byte> objects = default;
        bool hasDependencies = false;
        bool hasObjects = false;
        long entries = reader.ReadMapStart();
        while (reader.ReadMore(ref entries))
        {
            ReadOnlySpan<byte> key = CborFields.ReadKey(ref reader);
            if (key.SequenceEqual("dependencies"u8))
            {
                CborFields.Once(ref hasDependencies, "dependencies", reader.Position);
                dependencies = ReadBytes(ref reader);
            }
            else if (key.SequenceEqual("objects"u8))
            {
                CborFields.Once(ref hasObjects, "objects", reader.Position);
                objects = ReadBytes(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (!hasDependencies || !hasObjects)
        {
            throw new CorruptDataException("Block payload lacks its dependencies or objects");
        }

        return new BlockEnvelope(dependencies, objects);
    }

    /// <summary>Appends a block in upstream's byte form.</summary>
    public static void Write(ReadOnlySpan<byte> dependencies, ReadOnlySpan<byte> objects, PooledBuffer output)
    {
        CborWriter writer = new(output);
        writer.WriteMapStart(2);
        writer.WriteText("dependencies"u8);
        writer.WriteByteString(dependencies);
        writer.WriteText("objects"u8);
        writer.WriteByteString(objects);
    }

    private static ReadOnlySpan<byte> ReadBytes(scoped ref CborReader reader)
    {
        if (reader.Peek() == CborKind.ByteString)
        {
            return reader.ReadByteString();
        }

        // Legacy: one integer per byte. The announced length reserves nothing.
        using PooledBuffer bytes = new();
        long remaining = reader.ReadArrayStart();
        while (reader.ReadMore(ref remaining))
        {
            int position = reader.Position;
            ulong value = reader.ReadUInt64();
            if (value > byte.MaxValue)
            {
                throw new CorruptDataException("Block payload holds a number that is no byte", position);
            }

            bytes.Write((byte)value);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
