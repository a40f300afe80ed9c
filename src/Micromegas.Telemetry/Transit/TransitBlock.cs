using System.Buffers.Binary;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The decompressed buffers of one native block and typed access to its events. Used again for the next block.</summary>
internal sealed class TransitBlock : IDisposable
{
    private readonly PooledBuffer objects = new();

    public DependencyTable Dependencies { get; } = new();

    public PropertySets PropertySets { get; } = new();

    /// <summary>Room for strings that are not UTF-8 in the block; cleared by who reads an event.</summary>
    public PooledBuffer Scratch { get; } = new();

    public ReadOnlySpan<byte> Objects => objects.WrittenSpan;

    public TypeLayout[] ObjectLayouts { get; private set; } = [];

    /// <summary>Replaces the content by another block.</summary>
    public void Load(in BlockSource block, int maxLength)
    {
        objects.Clear();
        ObjectLayouts = block.Stream.ObjectLayouts;
        TypeLayout[] dependencyLayouts = block.Stream.DependencyLayouts;
        BlockEnvelope envelope = BlockEnvelope.Read(block.Payload);
        Dependencies.Load(dependencyLayouts, envelope.Dependencies, maxLength);
        PropertySets.Reset(Dependencies.Count);
        Lz4Frame.Decompress(envelope.Objects, objects, maxLength);
    }

    /// <summary>Reads an unsigned 32-bit member of an event, as which a byte passes too.</summary>
    public static uint ReadUInt32(ReadOnlySpan<byte> data, int start, MemberAccess access) => access.Form switch
    {
        MemberForm.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(data[(start + access.Offset)..]),
        MemberForm.UInt8 => data[start + access.Offset],
        _ => throw Mismatch(start),
    };

    /// <summary>Reads a 64-bit integer member by its bits.</summary>
    public static ulong ReadUInt64(ReadOnlySpan<byte> data, int start, MemberAccess access) =>
        access.Form is MemberForm.UInt64 or MemberForm.Int64
            ? BinaryPrimitives.ReadUInt64LittleEndian(data[(start + access.Offset)..])
            : throw Mismatch(start);

    /// <summary>Reads a floating-point member.</summary>
    public static double ReadDouble(ReadOnlySpan<byte> data, int start, MemberAccess access) =>
        access.Form == MemberForm.Double ? BinaryPrimitives.ReadDoubleLittleEndian(data[(start + access.Offset)..]) : throw Mismatch(start);

    /// <summary>Reads a reference member as the index of its dependency.</summary>
    public int ReadReference(ReadOnlySpan<byte> data, int start, MemberAccess access) => Dependencies.Find(ReadId(data, start, access), start + access.Offset);

    /// <summary>Reads a reference member as the id of its dependency, which may be missing.</summary>
    public static ulong ReadId(ReadOnlySpan<byte> data, int start, MemberAccess access) =>
        access.Form == MemberForm.Reference ? BinaryPrimitives.ReadUInt64LittleEndian(data[(start + access.Offset)..]) : throw Mismatch(start);

    /// <summary>Reads a string member as the index of its dependency.</summary>
    public int ReadText(ReadOnlySpan<byte> data, int start, MemberAccess access) => Dependencies.TextMember(access, data, start);

    /// <summary>Reads a property set member as the index of its dependency.</summary>
    public int ReadPropertySet(ReadOnlySpan<byte> data, int start, MemberAccess access) => CheckPropertySet(ReadReference(data, start, access), start);

    public int CheckPropertySet(int index, int position) =>
        Dependencies[index].Kind == DependencyKind.PropertySet
            ? index
            : throw new CorruptDataException("A property set was expected where the block refers to something else", position);

    /// <summary>A string member of a dependency that is an object, as the index of a string dependency.</summary>
    public int TextOf(int index, string member)
    {
        Dependency entry = Dependencies[index];
        switch (entry.Kind)
        {
            case DependencyKind.Object:
                return Dependencies.TextMember(Dependencies.Layouts[entry.Type].Find(member), Dependencies.Buffer, entry.Start);
            case DependencyKind.PropertySet:
                for (int pair = entry.Start; pair < entry.Start + entry.Length; pair++)
                {
                    (int name, int value) = Dependencies.Property(pair);
                    if (Dependencies.Text(name).SequenceEqual(System.Text.Encoding.UTF8.GetBytes(member)))
                    {
                        return value;
                    }
                }

                break;
        }

        throw new CorruptDataException($"A call site has no '{member}'");
    }

    /// <summary>A number member of a dependency that is an object.</summary>
    public uint NumberOf(int index, string member)
    {
        Dependency entry = Dependencies[index];
        return entry.Kind == DependencyKind.Object
            ? ReadUInt32(Dependencies.Buffer, entry.Start, Dependencies.Layouts[entry.Type].Find(member))
            : throw new CorruptDataException($"A call site has no '{member}'");
    }

    public void Dispose()
    {
        Dependencies.Dispose();
        PropertySets.Dispose();
        Scratch.Dispose();
        objects.Dispose();
    }

    private static CorruptDataException Mismatch(int position) => new("A member of an event is missing or has another type", position);
}
