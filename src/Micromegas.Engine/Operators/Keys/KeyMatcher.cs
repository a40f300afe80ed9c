using System.Runtime.CompilerServices;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Finds the keys of one table in another with the same columns, range by range, without turning them into values. Neither table changes: each of several
/// workers may have a matcher.
/// </summary>
internal sealed unsafe class KeyMatcher(KeyTable target, KeyTable source) : IDisposable
{
    private const int Ahead = 12;

    private readonly NativeList<ulong> encoded = new();
    private readonly NativeList<int> numbers = new();
    private readonly NativeList<int> rows = new();
    private readonly NativeList<int> values = new();

    /// <summary>Finds a range of keys.</summary>
    /// <param name="start">First number in the source.</param>
    /// <param name="count">Keys.</param>
    /// <returns>Their numbers in the target, -1 for those that it lacks; valid until the next call.</returns>
    public int* Find(int start, int count)
    {
        var width = source.Width;
        numbers.EnsureCapacity(count);
        encoded.EnsureCapacity(count * width);
        source.CopyKeys(start, count, encoded.Items);
        for (var column = 0; column < source.ColumnCount; column++)
        {
            if (source[column].IsNumbering)
            {
                Translate(column, count);
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
            numbers.Items[i] = target.Find(key);
        }
        return numbers.Items;
    }

    public void Dispose()
    {
        encoded.Dispose();
        numbers.Dispose();
        rows.Dispose();
        values.Dispose();
    }

    /// <summary>Replaces the numbers of values by those that they have in the target. What the target lacks gets -1, which no key there has.</summary>
    private void Translate(int column, int count)
    {
        var stride = source.Width * sizeof(ulong);
        var at = (byte*)encoded.Items + source[column].Offset;
        rows.Count = values.Count = 0;
        for (var i = 0; i < count; i++)
        {
            // A null has no value: what lies there is 0, and stays so.
            if (!source.IsNull(encoded.Items + ((long)i * source.Width), column))
            {
                rows.Add(i);
                values.Add(Unsafe.ReadUnaligned<int>(at + ((long)i * stride)));
            }
        }
        target[column].Find(source[column], values.Items, values.Count, values.Items);
        for (var i = 0; i < rows.Count; i++)
        {
            Unsafe.WriteUnaligned(at + ((long)rows[i] * stride), values[i]);
        }
    }
}
