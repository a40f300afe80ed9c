using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Numbers the bit patterns of flat values that repeat in runs, such as times cut to the minute, so that they can be treated as a dictionary's codes.
/// </summary>
internal sealed unsafe class ValueCodes : IDisposable
{
    /// <summary>With more distinct values than this, hashing the key is no worse.</summary>
    public const int MaxValues = 4096;

    private readonly NativeList<ulong> values = new();
    private readonly NativeList<int> slots = new();
    private int mask;

    public ValueCodes() => Reset();

    /// <summary>Values so far.</summary>
    public int Count => values.Count;

    /// <summary>Stands for the numbering; another object after <see cref="Reset"/>.</summary>
    public object Identity { get; private set; } = new();

    /// <summary>The number of a value, -1 when there is no room for it.</summary>
    public int Add(ulong value)
    {
        var slot = (int)((value * 0x9E3779B97F4A7C15) >> 40) & mask;
        for (; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (values[slots[slot] - 1] == value)
            {
                return slots[slot] - 1;
            }
        }
        if (values.Count == MaxValues)
        {
            return -1;
        }
        values.Add(value);
        slots[slot] = values.Count;
        if (values.Count * 2 > mask)
        {
            Rehash((mask + 1) * 2);
        }
        return values.Count - 1;
    }

    /// <summary>Forgets all values.</summary>
    public void Reset()
    {
        values.Count = 0;
        Identity = new object();
        Rehash(64);
    }

    public void Dispose()
    {
        values.Dispose();
        slots.Dispose();
    }

    private void Rehash(int size)
    {
        slots.Count = 0;
        slots.Resize(size, 0);
        mask = size - 1;
        for (var number = 0; number < values.Count; number++)
        {
            var slot = (int)((values[number] * 0x9E3779B97F4A7C15) >> 40) & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number + 1;
        }
    }
}
