using System.Runtime.CompilerServices;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Adds the keys of one table to another with the same columns, range by range, without turning them into values: encoded keys are copied, texts keep
/// their hashes.
/// </summary>
internal sealed unsafe class KeyImporter : IDisposable
{
    private const int Ahead = 12;

    private readonly KeyTable target;
    private readonly KeyTable source;
    private readonly NativeList<ulong> encoded = new();
    private readonly NativeList<int> numbers = new();

    /// <summary>For each column that numbers its values: the numbers of the source's values in the target.</summary>
    private readonly NativeList<int>?[] translations;

    public KeyImporter(KeyTable target, KeyTable source)
    {
        this.target = target;
        this.source = source;
        translations = new NativeList<int>?[source.ColumnCount];
    }

    /// <summary>For a table whose first column, 32-bit integers, numbers something of the source's owner: what takes the place of each number.</summary>
    public NativeList<int>? Owners { get; init; }

    /// <summary>Adds a range of keys.</summary>
    /// <param name="start">First number in the source.</param>
    /// <param name="count">Keys.</param>
    /// <returns>Their numbers in the target, valid until the next call.</returns>
    public int* Add(int start, int count)
    {
        numbers.EnsureCapacity(count);
        var width = source.Width;
        encoded.EnsureCapacity(Math.Max(1, count * width));
        // What a key without columns is looked up by.
        encoded.Items[0] = 0;
        source.CopyKeys(start, count, encoded.Items);
        for (var column = 0; column < translations.Length; column++)
        {
            if (source[column].IsNumbering)
            {
                Translate(column, count);
            }
        }
        if (Owners is not null)
        {
            var at = (byte*)encoded.Items + source[0].Offset;
            for (var i = 0; i < count; i++, at += width * sizeof(ulong))
            {
                Unsafe.WriteUnaligned(at, Owners[Unsafe.ReadUnaligned<int>(at)]);
            }
        }
        var key = encoded.Items;
        var prefetches = target.IsLarge;
        for (var i = 0; i < count; i++, key += width)
        {
            if (prefetches && i + Ahead < count)
            {
                target.Prefetch(key + (Ahead * width));
            }
            numbers[i] = target.Add(key);
        }
        return numbers.Items;
    }

    public void Dispose()
    {
        encoded.Dispose();
        numbers.Dispose();
        foreach (var translation in translations)
        {
            translation?.Dispose();
        }
    }

    /// <summary>Replaces the numbers of values: keys come in the order in which their values were numbered, so those of a range are mostly new.</summary>
    private void Translate(int column, int count)
    {
        var known = translations[column] ??= new NativeList<int>();
        var stride = source.Width * sizeof(ulong);
        var at = (byte*)encoded.Items + source[column].Offset;
        var last = known.Count - 1;
        for (var i = 0; i < count; i++)
        {
            // A null has no value: what lies there is 0, and stays so.
            if (!source.IsNull(encoded.Items + ((long)i * source.Width), column))
            {
                last = Math.Max(last, Unsafe.ReadUnaligned<int>(at + ((long)i * stride)));
            }
        }
        var first = known.Count;
        if (last >= first)
        {
            known.Resize(last + 1, 0);
            target[column].AddRange(source[column], first, last + 1 - first, known.Items + first);
        }
        for (var i = 0; i < count; i++, at += stride)
        {
            if (!source.IsNull(encoded.Items + ((long)i * source.Width), column))
            {
                Unsafe.WriteUnaligned(at, known[Unsafe.ReadUnaligned<int>(at)]);
            }
        }
    }
}
