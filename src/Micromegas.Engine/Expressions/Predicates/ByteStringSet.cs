namespace Micromegas.Engine.Expressions;

/// <summary>A set of byte strings that is asked with spans: open addressing over the framework's randomized-free hash of the bytes.</summary>
internal sealed class ByteStringSet
{
    private byte[]?[] slots = new byte[16][];
    private int count;

    public void Add(byte[] value)
    {
        if (Contains(value))
        {
            return;
        }
        if (++count * 2 > slots.Length)
        {
            var old = slots;
            slots = new byte[old.Length * 2][];
            foreach (var item in old)
            {
                if (item is not null)
                {
                    slots[Find(item)] = item;
                }
            }
        }
        slots[Find(value)] = value;
    }

    public bool Contains(ReadOnlySpan<byte> value) => slots[Find(value)] is not null;

    private int Find(ReadOnlySpan<byte> value)
    {
        var mask = slots.Length - 1;
        var slot = (int)Hash(value) & mask;
        while (slots[slot] is { } item && !item.AsSpan().SequenceEqual(value))
        {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static uint Hash(ReadOnlySpan<byte> value)
    {
        var hash = new HashCode();
        hash.AddBytes(value);
        return (uint)hash.ToHashCode();
    }
}
