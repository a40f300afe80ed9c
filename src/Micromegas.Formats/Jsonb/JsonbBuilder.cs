using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Micromegas.Formats;

/// <summary>Builds JSONB documents (spec/sql.md §2) from the inside out. Made once and used for many documents; allocates only to grow.</summary>
/// <remarks>
/// Values are written as they come; when a container ends, its values are put behind their header and entries. Members are sorted by key; of equal
/// keys the last stays. Not thread-safe.
/// </remarks>
public sealed class JsonbBuilder : IDisposable
{
    private readonly PooledBuffer data = new();
    private readonly PooledBuffer container = new();
    private readonly PooledBuffer keys = new();
    private readonly List<Item> items = [];
    private readonly List<Frame> frames = [];
    private int pendingKey = -1;

    /// <summary>Length of the text behind which a value may lie: 2²⁸ − 1 bytes.</summary>
    public const int MaxValueLength = (int)JsonbLayout.LengthMask;

    /// <summary>Forgets everything written and keeps the memory.</summary>
    public void Reset()
    {
        data.Clear();
        keys.Clear();
        items.Clear();
        frames.Clear();
        pendingKey = -1;
    }

    /// <summary>Adds null.</summary>
    public void AddNull() => Add(JsonbKind.Null, data.Length);

    /// <summary>Adds a boolean.</summary>
    public void AddBoolean(bool value) => Add(value ? JsonbKind.True : JsonbKind.False, data.Length);

    /// <summary>
    /// Adds a signed integer in the signed form, also if it is positive. Upstream writes what it holds as signed so (OTLP attributes),
    /// while integers of JSON text are unsigned unless negative: bytes must be equal where property sets are compared.
    /// </summary>
    public void AddInt64(long value)
    {
        int start = data.Length;
        if (value == 0)
        {
            data.Write(JsonbLayout.Zero);
        }
        else
        {
            data.Write(JsonbLayout.Signed);
            WriteInteger((ulong)value, (value < 0 ? ~value : value) switch { <= sbyte.MaxValue => 1, <= short.MaxValue => 2, <= int.MaxValue => 4, _ => 8 });
        }

        Add(JsonbKind.Number, start);
    }

    /// <summary>Adds an unsigned integer.</summary>
    public void AddUInt64(ulong value)
    {
        int start = data.Length;
        if (value == 0)
        {
            data.Write(JsonbLayout.Zero);
        }
        else
        {
            data.Write(JsonbLayout.Unsigned);
            WriteInteger(value, value switch { <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 });
        }

        Add(JsonbKind.Number, start);
    }

    /// <summary>Adds a double; integral ones stay doubles.</summary>
    public void AddDouble(double value)
    {
        int start = data.Length;
        if (double.IsFinite(value))
        {
            data.Write(JsonbLayout.Double);
            BinaryPrimitives.WriteDoubleBigEndian(data.Append(8), value);
        }
        else
        {
            data.Write(double.IsNaN(value) ? JsonbLayout.NotANumber : value > 0 ? JsonbLayout.PositiveInfinity : JsonbLayout.NegativeInfinity);
        }

        Add(JsonbKind.Number, start);
    }

    /// <summary>Adds a string of UTF-8 bytes.</summary>
    public void AddString(ReadOnlySpan<byte> utf8)
    {
        int start = data.Length;
        data.Write(utf8);
        Add(JsonbKind.String, start);
    }

    /// <summary>Adds a copy of a value of another document.</summary>
    public void AddValue(JsonbValue value)
    {
        int start = data.Length;
        data.Write(value.Payload);
        Add(value.Kind, start);
    }

    /// <summary>Gives the key of the member whose value is added next.</summary>
    public void AddKey(ReadOnlySpan<byte> utf8)
    {
        if (frames.Count == 0 || !frames[^1].IsObject || pendingKey >= 0)
        {
            throw new InvalidOperationException("A key belongs before a value of an object.");
        }

        pendingKey = keys.Length;
        keys.Write(utf8);
    }

    /// <summary>Starts an array.</summary>
    public void BeginArray() => Begin(isObject: false);

    /// <summary>Starts an object.</summary>
    public void BeginObject() => Begin(isObject: true);

    /// <summary>Ends the innermost array.</summary>
    public void EndArray()
    {
        Frame frame = Pop(isObject: false);
        Span<Item> elements = CollectionsMarshal.AsSpan(items)[frame.FirstItem..];
        WriteHeader(JsonbLayout.ArrayHeader, elements.Length, elements.Length);
        int entry = 4;
        foreach (Item element in elements)
        {
            PutEntry(ref entry, element.Kind, element.Length);
            container.Write(data.WrittenSpan.Slice(element.Start, element.Length));
        }

        Close(frame, JsonbKind.Array);
    }

    /// <summary>Ends the innermost object. Returns false if keys occurred more than once (the last value of each stays).</summary>
    public bool EndObject()
    {
        Frame frame = Pop(isObject: true);
        Span<Item> members = CollectionsMarshal.AsSpan(items)[frame.FirstItem..];
        Sort(members);
        int count = DropEarlierDuplicates(members);
        bool unique = count == members.Length;
        members = members[..count];
        WriteHeader(JsonbLayout.ObjectHeader, count, 2 * count);
        int entry = 4;
        foreach (Item member in members)
        {
            PutEntry(ref entry, JsonbKind.String, member.KeyLength);
            container.Write(keys.WrittenSpan.Slice(member.KeyStart, member.KeyLength));
        }

        foreach (Item member in members)
        {
            PutEntry(ref entry, member.Kind, member.Length);
            container.Write(data.WrittenSpan.Slice(member.Start, member.Length));
        }

        keys.Truncate(frame.KeyStart);
        Close(frame, JsonbKind.Object);
        return unique;
    }

    /// <summary>Completes the document of the one value that was added. Valid until the builder is used again.</summary>
    /// <exception cref="InvalidOperationException">No value, more than one, or a container still open.</exception>
    public ReadOnlySpan<byte> Finish()
    {
        if (frames.Count != 0 || items.Count != 1)
        {
            throw new InvalidOperationException("A document is exactly one complete value.");
        }

        Item root = items[0];
        if (root.Kind >= JsonbKind.Array)
        {
            return data.WrittenSpan.Slice(root.Start, root.Length);
        }

        container.Clear();
        new JsonbValue(data.WrittenSpan, root.Kind, root.Start, root.Length).WriteDocument(container);
        return container.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Reset();
        data.Dispose();
        container.Dispose();
        keys.Dispose();
    }

    private void Begin(bool isObject)
    {
        if (frames.Count >= JsonbLayout.MaxDepth)
        {
            CorruptDataException.Throw("JSON is nested too deeply", data.Length);
        }

        int key = TakeKey(out int keyLength);
        frames.Add(new Frame(isObject, items.Count, data.Length, keys.Length, key, keyLength));
    }

    private Frame Pop(bool isObject)
    {
        if (frames.Count == 0 || frames[^1].IsObject != isObject || pendingKey >= 0)
        {
            throw new InvalidOperationException("The end does not match the innermost container, or a key has no value.");
        }

        Frame frame = frames[^1];
        frames.RemoveAt(frames.Count - 1);
        return frame;
    }

    private void Close(Frame frame, JsonbKind kind)
    {
        items.RemoveRange(frame.FirstItem, items.Count - frame.FirstItem);
        data.Truncate(frame.DataStart);
        data.Write(container.WrittenSpan);
        CheckLength(container.Length);
        items.Add(new Item(kind, frame.DataStart, container.Length, frame.MemberKey, frame.MemberKeyLength, items.Count));
    }

    private void Add(JsonbKind kind, int start)
    {
        int length = data.Length - start;
        CheckLength(length);
        int key = TakeKey(out int keyLength);
        items.Add(new Item(kind, start, length, key, keyLength, items.Count));
    }

    private int TakeKey(out int keyLength)
    {
        int key = pendingKey;
        if (frames.Count > 0 && frames[^1].IsObject != key >= 0)
        {
            throw new InvalidOperationException("A member of an object needs a key.");
        }

        keyLength = key >= 0 ? keys.Length - key : 0;
        CheckLength(keyLength);
        pendingKey = -1;
        return key;
    }

    private static void CheckLength(int length)
    {
        if (length > MaxValueLength)
        {
            CorruptDataException.Throw("A JSONB value exceeds 256 MiB", 0);
        }
    }

    private void WriteHeader(uint kind, int count, int entries)
    {
        container.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(container.Append(4 + 4 * entries), kind | (uint)count);
    }

    private void PutEntry(ref int at, JsonbKind kind, int length)
    {
        uint type = kind >= JsonbKind.Array ? JsonbLayout.ContainerType : (uint)kind;
        BinaryPrimitives.WriteUInt32BigEndian(container.WritableSpan[at..], (type << JsonbLayout.TypeShift) | (uint)length);
        at += 4;
    }

    private void WriteInteger(ulong value, int bytes)
    {
        Span<byte> to = data.Append(bytes);
        for (int i = bytes - 1; i >= 0; i--)
        {
            to[i] = (byte)value;
            value >>= 8;
        }
    }

    private int Compare(Item left, Item right)
    {
        ReadOnlySpan<byte> bytes = keys.WrittenSpan;
        int order = bytes.Slice(left.KeyStart, left.KeyLength).SequenceCompareTo(bytes.Slice(right.KeyStart, right.KeyLength));
        return order != 0 ? order : left.Ordinal.CompareTo(right.Ordinal);
    }

    private void Sort(Span<Item> members)
    {
        if (members.Length > 32)
        {
            members.Sort(Compare);
            return;
        }

        for (int i = 1; i < members.Length; i++)
        {
            Item member = members[i];
            int j = i;
            for (; j > 0 && Compare(members[j - 1], member) > 0; j--)
            {
                members[j] = members[j - 1];
            }

            members[j] = member;
        }
    }

    private int DropEarlierDuplicates(Span<Item> sorted)
    {
        ReadOnlySpan<byte> bytes = keys.WrittenSpan;
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            Item member = sorted[i];
            if (kept > 0 && bytes.Slice(sorted[kept - 1].KeyStart, sorted[kept - 1].KeyLength)
                .SequenceEqual(bytes.Slice(member.KeyStart, member.KeyLength)))
            {
                kept--;
            }

            sorted[kept++] = member;
        }

        return kept;
    }

    private readonly record struct Item(JsonbKind Kind, int Start, int Length, int KeyStart, int KeyLength, int Ordinal);

    private readonly record struct Frame(bool IsObject, int FirstItem, int DataStart, int KeyStart, int MemberKey, int MemberKeyLength);
}
