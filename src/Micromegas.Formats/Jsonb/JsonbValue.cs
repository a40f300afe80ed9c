using System.Buffers.Binary;

namespace Micromegas.Formats;

/// <summary>A view of one value inside a JSONB document (spec/sql.md §2). Reads in place and copies nothing.</summary>
/// <remarks>Damaged documents surface as <see cref="CorruptDataException"/>, from <see cref="Open"/> or when the damaged part is reached.</remarks>
public readonly ref struct JsonbValue
{
    private readonly ReadOnlySpan<byte> document;
    private readonly int start;
    private readonly int length;

    internal JsonbValue(ReadOnlySpan<byte> document, JsonbKind kind, int start, int length)
    {
        this.document = document;
        Kind = kind;
        this.start = start;
        this.length = length;
    }

    /// <summary>What the value is.</summary>
    public JsonbKind Kind { get; }

    /// <summary>True for arrays and objects.</summary>
    public bool IsContainer => Kind >= JsonbKind.Array;

    /// <summary>Elements of an array or members of an object; 0 for anything else.</summary>
    public int Count => IsContainer ? (int)(ReadWord(start) & JsonbLayout.CountMask) : 0;

    /// <summary>UTF-8 bytes of a string; empty for anything else.</summary>
    public ReadOnlySpan<byte> Utf8 => Kind == JsonbKind.String ? Payload : default;

    /// <summary>The members of an object, in stored (bytewise key) order; none for anything else.</summary>
    public JsonbMembers Members => new(this);

    /// <summary>The elements of an array; none for anything else.</summary>
    public JsonbElements Elements => new(this);

    internal int Start => start;

    internal int Length => length;

    /// <summary>The payload bytes: text, number, extension, or a container with its header.</summary>
    internal ReadOnlySpan<byte> Payload => document.Slice(start, length);

    /// <summary>Opens the root value of a document.</summary>
    /// <exception cref="CorruptDataException">The document is cut or its header is invalid.</exception>
    public static JsonbValue Open(ReadOnlySpan<byte> document)
    {
        if (!TryOpen(document, out JsonbValue root))
        {
            CorruptDataException.Throw("Bytes are not JSONB", 0);
        }

        return root;
    }

    /// <summary>Opens the root value of a document; false when its header and entries are not valid.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> document, out JsonbValue root)
    {
        root = default;
        if (document.Length < 4)
        {
            return false;
        }

        uint header = BinaryPrimitives.ReadUInt32BigEndian(document);
        if ((header & JsonbLayout.HeaderKindMask) != JsonbLayout.ScalarHeader)
        {
            return TryOpenContainer(document, 0, document.Length, out root);
        }

        if (document.Length < 8)
        {
            return false;
        }

        uint entry = BinaryPrimitives.ReadUInt32BigEndian(document[4..]);
        int length = (int)(entry & JsonbLayout.LengthMask);
        return length <= document.Length - 8 && TryMake(document, entry, 8, length, out root);
    }

    /// <summary>Finds the member with exactly this key.</summary>
    public bool TryGetMember(ReadOnlySpan<byte> key, out JsonbValue value) => TryGetMember(key, ignoreCase: false, out value);

    /// <summary>Finds the member with exactly this key, or else the first whose key differs only in the case of ASCII letters.</summary>
    public bool TryGetMemberIgnoreCase(ReadOnlySpan<byte> key, out JsonbValue value) =>
        TryGetMember(key, ignoreCase: false, out value) || TryGetMember(key, ignoreCase: true, out value);

    /// <summary>The element at a zero-based index of an array; false when there is none.</summary>
    public bool TryGetElement(int index, out JsonbValue value)
    {
        value = default;
        if (Kind != JsonbKind.Array || (uint)index >= (uint)Count)
        {
            return false;
        }

        int offset = start + 4 + 4 * Count;
        for (int i = 0; i < index; i++)
        {
            offset += (int)(ReadWord(start + 4 + 4 * i) & JsonbLayout.LengthMask);
            CheckOffset(offset);
        }

        value = Item(index, offset);
        return true;
    }

    /// <summary>The number as a double, rounded if need be; false for other kinds.</summary>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        return Kind == JsonbKind.Number && JsonbNumber.Decode(Payload, start).TryToDouble(out value);
    }

    /// <summary>The number as a 64-bit integer: integers in range, and doubles and decimals that are integral and in range.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return Kind == JsonbKind.Number && JsonbNumber.Decode(Payload, start).TryToInt64(out value);
    }

    /// <summary>Appends the value as a document of its own.</summary>
    public void WriteDocument(PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!IsContainer)
        {
            Span<byte> head = output.Append(8);
            BinaryPrimitives.WriteUInt32BigEndian(head, JsonbLayout.ScalarHeader);
            BinaryPrimitives.WriteUInt32BigEndian(head[4..], ((uint)Kind << JsonbLayout.TypeShift) | (uint)length);
        }

        output.Write(Payload);
    }

    internal JsonbNumber Number => JsonbNumber.Decode(Payload, start);

    /// <summary>Item number <paramref name="index"/> of the entry list of this container, its payload at <paramref name="offset"/>.</summary>
    internal JsonbValue Item(int index, int offset)
    {
        uint entry = ReadWord(start + 4 + 4 * index);
        int itemLength = (int)(entry & JsonbLayout.LengthMask);
        JsonbValue value = default;
        if (itemLength > start + length - offset || !TryMake(document, entry, offset, itemLength, out value))
        {
            CorruptDataException.Throw("JSONB entry is invalid", offset);
        }

        return value;
    }

    internal int ItemLength(int index) => (int)(ReadWord(start + 4 + 4 * index) & JsonbLayout.LengthMask);

    internal void CheckOffset(int offset)
    {
        if (offset > start + length)
        {
            CorruptDataException.Throw("JSONB entries run beyond their container", start);
        }
    }

    internal ReadOnlySpan<byte> Slice(int from, int count) => document.Slice(from, count);

    // Reads the entry words only; a value is looked at when its key matches.
    private bool TryGetMember(ReadOnlySpan<byte> key, bool ignoreCase, out JsonbValue value)
    {
        value = default;
        if (Kind != JsonbKind.Object)
        {
            return false;
        }

        ReadOnlySpan<byte> content = Payload;
        int count = (int)(BinaryPrimitives.ReadUInt32BigEndian(content) & JsonbLayout.CountMask);
        ReadOnlySpan<byte> entries = content.Slice(4, 8 * count);
        long offset = 4 + 8L * count;
        for (int i = 0; i < count; i++)
        {
            int keyLength = (int)(BinaryPrimitives.ReadUInt32BigEndian(entries[(4 * i)..]) & JsonbLayout.LengthMask);
            if (offset + keyLength > length)
            {
                CorruptDataException.Throw("JSONB keys run beyond their object", start);
            }

            if (keyLength == key.Length)
            {
                ReadOnlySpan<byte> candidate = content.Slice((int)offset, keyLength);
                if (ignoreCase ? EqualsAsciiIgnoreCase(candidate, key) : candidate.SequenceEqual(key))
                {
                    value = MemberValue(entries, i, count, offset + keyLength);
                    return true;
                }
            }

            offset += keyLength;
        }

        return false;
    }

    // The value of member i lies behind the rest of the keys and the values before it.
    private JsonbValue MemberValue(ReadOnlySpan<byte> entries, int member, int count, long offset)
    {
        for (int i = member + 1; i < count + member; i++)
        {
            offset += BinaryPrimitives.ReadUInt32BigEndian(entries[(4 * i)..]) & JsonbLayout.LengthMask;
        }

        if (offset > length)
        {
            CorruptDataException.Throw("JSONB entries run beyond their container", start);
        }

        return Item(count + member, start + (int)offset);
    }

    private static bool EqualsAsciiIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        // Not Ascii.EqualsIgnoreCase: that never equates texts with other than ASCII bytes, which compare byte for byte here.
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            byte a = left[i];
            byte b = right[i];
            if (a != b && !((a ^ b) == 0x20 && char.IsAsciiLetter((char)a)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryMake(ReadOnlySpan<byte> document, uint entry, int start, int length, out JsonbValue value)
    {
        uint type = (entry >> JsonbLayout.TypeShift) & JsonbLayout.TypeMask;
        switch (type)
        {
            case JsonbLayout.ContainerType:
                return TryOpenContainer(document, start, length, out value);
            case 7:
                value = default;
                return false;
            default:
                value = new JsonbValue(document, (JsonbKind)type, start, length);
                return true;
        }
    }

    private static bool TryOpenContainer(ReadOnlySpan<byte> document, int start, int length, out JsonbValue value)
    {
        value = default;
        if (length < 4)
        {
            return false;
        }

        uint header = BinaryPrimitives.ReadUInt32BigEndian(document[start..]);
        long count = header & JsonbLayout.CountMask;
        JsonbKind kind;
        switch (header & JsonbLayout.HeaderKindMask)
        {
            case JsonbLayout.ArrayHeader:
                kind = JsonbKind.Array;
                break;
            case JsonbLayout.ObjectHeader:
                kind = JsonbKind.Object;
                count *= 2;
                break;
            default:
                return false;
        }

        if (4 + 4 * count > length)
        {
            return false;
        }

        value = new JsonbValue(document, kind, start, length);
        return true;
    }

    private uint ReadWord(int at) => BinaryPrimitives.ReadUInt32BigEndian(document[at..]);
}

/// <summary>A member of a JSONB object.</summary>
public readonly ref struct JsonbMember
{
    internal JsonbMember(ReadOnlySpan<byte> key, JsonbValue value)
    {
        Key = key;
        Value = value;
    }

    /// <summary>The key's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value.</summary>
    public JsonbValue Value { get; }
}

/// <summary>The members of a JSONB object, for foreach.</summary>
public ref struct JsonbMembers
{
    private readonly JsonbValue container;
    private readonly int count;
    private int index = -1;
    private int keyOffset;
    private int valueOffset;

    internal JsonbMembers(JsonbValue container)
    {
        this.container = container;
        count = container.Kind == JsonbKind.Object ? container.Count : 0;
        if (count == 0)
        {
            return;
        }

        keyOffset = container.Start + 4 + 8 * count;
        long keys = 0;
        for (int i = 0; i < count; i++)
        {
            keys += container.ItemLength(i);
        }

        if (keys > container.Start + container.Length - keyOffset)
        {
            CorruptDataException.Throw("JSONB keys run beyond their object", container.Start);
        }

        valueOffset = keyOffset + (int)keys;
    }

    /// <summary>The current member.</summary>
    public readonly JsonbMember Current =>
        new(container.Slice(keyOffset, container.ItemLength(index)), container.Item(count + index, valueOffset));

    /// <summary>This.</summary>
    public readonly JsonbMembers GetEnumerator() => this;

    /// <summary>Goes to the next member.</summary>
    public bool MoveNext()
    {
        if (index >= 0 && index < count)
        {
            keyOffset += container.ItemLength(index);
            valueOffset += container.ItemLength(count + index);
            container.CheckOffset(valueOffset);
        }

        return ++index < count;
    }
}

/// <summary>The elements of a JSONB array, for foreach.</summary>
public ref struct JsonbElements
{
    private readonly JsonbValue container;
    private readonly int count;
    private int index = -1;
    private int offset;

    internal JsonbElements(JsonbValue container)
    {
        this.container = container;
        count = container.Kind == JsonbKind.Array ? container.Count : 0;
        offset = container.Start + 4 + 4 * count;
    }

    /// <summary>The current element.</summary>
    public readonly JsonbValue Current => container.Item(index, offset);

    /// <summary>This.</summary>
    public readonly JsonbElements GetEnumerator() => this;

    /// <summary>Goes to the next element.</summary>
    public bool MoveNext()
    {
        if (index >= 0 && index < count)
        {
            offset += container.ItemLength(index);
            container.CheckOffset(offset);
        }

        return ++index < count;
    }
}
