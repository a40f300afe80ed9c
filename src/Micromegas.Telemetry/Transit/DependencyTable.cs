using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

internal enum DependencyKind : byte
{
    TextInBuffer,
    TextInArena,
    Object,
    PropertySet,
}

/// <summary>A decoded dependency. Text: start and length. Object: start and layout number. Property set: first pair and number of pairs.</summary>
internal readonly record struct Dependency(DependencyKind Kind, int Start, int Length, int Type);

/// <summary>The dependencies of one block by id (spec/data-lake.md §4.5). Used again for the next block.</summary>
internal sealed class DependencyTable : IDisposable
{
    // Keeps hostile ids from being chosen so that they collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() << 1 | 1;

    private readonly PooledBuffer buffer = new();
    private readonly PooledBuffer arena = new();
    private readonly List<Dependency> entries = [];
    private readonly List<(int Name, int Value)> properties = [];
    private Slot[] slots = new Slot[64];
    private TypeLayout[] layouts = [];

    public int Count => entries.Count;

    public IReadOnlyList<TypeLayout> Layouts => layouts;

    public ReadOnlySpan<byte> Buffer => buffer.WrittenSpan;

    public Dependency this[int index] => entries[index];

    /// <summary>Replaces the content by the dependencies of another block.</summary>
    /// <exception cref="CorruptDataException">The block fails by one of the rules of §4.9.</exception>
    public void Load(TypeLayout[] types, ReadOnlySpan<byte> frame, int maxLength)
    {
        Clear();
        layouts = types;
        Lz4Frame.Decompress(frame, buffer, maxLength);
        ReadOnlySpan<byte> data = buffer.WrittenSpan;
        RecordWalk walk = new(types, data);
        while (walk.MoveNext())
        {
            Read(walk.Type, walk.Start, walk.Length);
        }
    }

    /// <summary>Index of a dependency.</summary>
    /// <exception cref="CorruptDataException">There is none with this id.</exception>
    public int Find(ulong id, int position)
    {
        Slot[] table = slots;
        int mask = table.Length - 1;
        for (int at = Hash(id) & mask; ; at = (at + 1) & mask)
        {
            ref readonly Slot slot = ref table[at];
            if (slot.Number == 0)
            {
                return Missing(id, position);
            }

            if (slot.Id == id)
            {
                return slot.Number - 1;
            }
        }
    }

    public bool IsText(int index) => entries[index].Kind <= DependencyKind.TextInArena;

    /// <summary>UTF-8 of a string dependency.</summary>
    public ReadOnlySpan<byte> Text(int index)
    {
        Dependency entry = entries[index];
        return entry.Kind switch
        {
            DependencyKind.TextInBuffer => buffer.WrittenSpan.Slice(entry.Start, entry.Length),
            DependencyKind.TextInArena => arena.WrittenSpan.Slice(entry.Start, entry.Length),
            _ => throw new CorruptDataException("A string was expected where the block refers to something else"),
        };
    }

    /// <summary>Name and value of a pair of a property set, as string dependencies.</summary>
    public (int Name, int Value) Property(int pair) => properties[pair];

    /// <summary>Checks that every id inside a fixed-size instance names a dependency.</summary>
    public void CheckReferences(TypeLayout layout, ReadOnlySpan<byte> data, int start)
    {
        if (layout.Fault is not null)
        {
            throw new CorruptDataException($"Type '{layout.Name}': {layout.Fault}", start);
        }

        foreach (int reference in layout.References)
        {
            int offset = start + reference;
            Find(BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]), offset);
        }
    }

    public void Dispose()
    {
        Clear();
        buffer.Dispose();
        arena.Dispose();
    }

    [DoesNotReturn]
    private static int Missing(ulong id, int position) => throw new CorruptDataException($"Dependency {id:x} is missing", position);

    private void Clear()
    {
        buffer.Clear();
        arena.Clear();
        entries.Clear();
        properties.Clear();
        Array.Clear(slots);
    }

    private void Read(int type, int start, int length)
    {
        ReadOnlySpan<byte> data = buffer.WrittenSpan;
        TypeLayout layout = layouts[type];
        switch (layout.Name)
        {
            case TransitTypes.StaticString:
                if (length < 8)
                {
                    throw new CorruptDataException("StaticString is shorter than its id", start);
                }

                InstanceCursor cursor = new(data, start, start + length);
                ulong id = cursor.ReadUInt64();
                int text = cursor.Position;
                cursor.ReadTail();
                Add(id, new Dependency(DependencyKind.TextInBuffer, text, length - 8, 0), start);
                break;
            case TransitTypes.StaticStringDependency:
                // Upstream's window for this and the next type runs to the end of the buffer, not of the instance.
                AddText(new InstanceCursor(data, start, data.Length));
                break;
            case TransitTypes.PropertySetDependency:
                AddPropertySet(new InstanceCursor(data, start, data.Length));
                break;
            case var name when TransitTypes.HasReader(name):
                throw new CorruptDataException($"'{name}' is no dependency", start);
            case var name when layout.Size == 0:
                throw new CorruptDataException($"Unknown dynamic dependency '{name}'", start);
            default:
                CheckReferences(layout, data, start);
                if (!layout.IsReference)
                {
                    AddObject(layout, type, start);
                }

                break;
        }
    }

    private void AddText(InstanceCursor cursor)
    {
        int start = cursor.Position;
        ulong id = cursor.ReadUInt64();
        int arenaStart = arena.Length;
        ReadOnlySpan<byte> text = cursor.ReadText(arena);
        Dependency entry = arena.Length > arenaStart || text.IsEmpty
            ? new Dependency(DependencyKind.TextInArena, arenaStart, arena.Length - arenaStart, 0)
            : new Dependency(DependencyKind.TextInBuffer, cursor.Position - text.Length, text.Length, 0);
        Add(id, entry, start);
    }

    private void AddPropertySet(InstanceCursor cursor)
    {
        int start = cursor.Position;
        ulong id = cursor.ReadUInt64();
        uint count = cursor.ReadUInt32();
        TypeLayout property = FindLayout(layouts, "Property", start);
        if (property.Size == 0 || count > (uint)cursor.Remaining / property.Size)
        {
            throw new CorruptDataException("Property set has more properties than bytes", start);
        }

        int first = properties.Count;
        ReadOnlySpan<byte> data = buffer.WrittenSpan;
        MemberAccess name = property.Find("name");
        MemberAccess value = property.Find("value");
        for (uint i = 0; i < count; i++)
        {
            int image = cursor.Skip((int)property.Size);
            CheckReferences(property, data, image);
            properties.Add((TextMember(name, data, image), TextMember(value, data, image)));
        }

        Add(id, new Dependency(DependencyKind.PropertySet, first, (int)count, 0), start);
    }

    /// <summary>The string dependency that a member of an instance refers to.</summary>
    public int TextMember(MemberAccess access, ReadOnlySpan<byte> data, int start)
    {
        if (access.Form != MemberForm.Reference)
        {
            throw new CorruptDataException("A string member is missing or has another type", start);
        }

        int position = start + access.Offset;
        int index = Find(BinaryPrimitives.ReadUInt64LittleEndian(data[position..]), position);
        if (!IsText(index))
        {
            throw new CorruptDataException("A string member refers to something else", position);
        }

        return index;
    }

    /// <summary>The first layout of a list with this name.</summary>
    public static TypeLayout FindLayout(TypeLayout[] layouts, string name, int position)
    {
        foreach (TypeLayout layout in layouts)
        {
            if (layout.Name == name)
            {
                return layout;
            }
        }

        throw new CorruptDataException($"Type '{name}' is missing in the stream's metadata", position);
    }

    private void AddObject(TypeLayout layout, int type, int start)
    {
        MemberAccess id = layout.Find("id");
        if (id.Form is not (MemberForm.UInt64 or MemberForm.Int64))
        {
            throw new CorruptDataException($"Dependency '{layout.Name}' has no id", start);
        }

        ulong key = BinaryPrimitives.ReadUInt64LittleEndian(buffer.WrittenSpan[(start + id.Offset)..]);
        Add(key, new Dependency(DependencyKind.Object, start, (int)layout.Size, type), start);
    }

    private void Add(ulong id, Dependency entry, int position)
    {
        if (2 * (entries.Count + 1) > slots.Length)
        {
            Grow();
        }

        int at = SlotOf(id);
        if (slots[at].Number != 0)
        {
            throw new CorruptDataException($"Dependency {id:x} occurs twice", position);
        }

        entries.Add(entry);
        slots[at] = new Slot(id, entries.Count);
    }

    /// <summary>Where the id is, or would be put.</summary>
    private int SlotOf(ulong id)
    {
        int mask = slots.Length - 1;
        int at = Hash(id) & mask;
        while (slots[at].Number != 0 && slots[at].Id != id)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    private void Grow()
    {
        Slot[] before = slots;
        slots = new Slot[before.Length * 2];
        foreach (Slot slot in before)
        {
            if (slot.Number != 0)
            {
                slots[SlotOf(slot.Id)] = slot;
            }
        }
    }

    private static int Hash(ulong id)
    {
        ulong high = Math.BigMul(id ^ Seed, 0x9E3779B97F4A7C15, out ulong low);
        return (int)(high ^ low);
    }

    /// <param name="Id">Id of a dependency.</param>
    /// <param name="Number">Its index plus one; 0 when nothing is here.</param>
    private readonly record struct Slot(ulong Id, int Number);
}
