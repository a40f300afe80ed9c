using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>What is kept of each row of a join's build side: the right columns, then the keys that are not plain columns.</summary>
internal sealed class JoinLayout
{
    private readonly int[] keyOrdinals;
    private readonly int[] nullableKeys;

    public JoinLayout(JoinSpec spec)
    {
        var columns = spec.RightColumns.ToList();
        var computed = new List<BoundExpression>();
        keyOrdinals = new int[spec.Keys.Count];
        for (var i = 0; i < keyOrdinals.Length; i++)
        {
            keyOrdinals[i] = spec.Keys[i].Right is BoundColumn column ? columns.IndexOf(column.Column) : -1;
            if (keyOrdinals[i] < 0)
            {
                keyOrdinals[i] = columns.Count + computed.Count;
                computed.Add(spec.Keys[i].Right);
            }
        }
        nullableKeys = [.. Enumerable.Range(spec.NullsEqualKeys, keyOrdinals.Length - spec.NullsEqualKeys)];
        ComputedKeys = computed;
        Types = [.. columns.Select(static column => column.Type), .. computed.Select(static key => key.Type)];
    }

    /// <summary>Types of the columns stored.</summary>
    public IReadOnlyList<DataType> Types { get; }

    /// <summary>Keys that are stored behind the right columns.</summary>
    public IReadOnlyList<BoundExpression> ComputedKeys { get; }

    public int KeyCount => keyOrdinals.Length;

    /// <summary>The column that a key is stored in.</summary>
    public int OrdinalOf(int key) => keyOrdinals[key];

    /// <summary>Puts the keys of stored rows together.</summary>
    public void TakeKeys(Vector[] columns, Vector[] keys)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = columns[keyOrdinals[i]];
        }
    }

    /// <summary>Whether a row can have no match because a key is null that matches nothing.</summary>
    public bool LacksKey(Vector[] keys, int row)
    {
        foreach (var key in nullableKeys)
        {
            if (keys[key].IsNull(row))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What a chunk of so many rows takes, texts apart.</summary>
    public long ChunkBytes(int rows) => Types.Sum(type => BufferPool.CapacityFor(
        (long)rows * (type.Storage switch
        {
            StorageKind.Flat => type.FlatSize,
            StorageKind.Bytes => sizeof(long) * 2,
            _ => 1,
        })));

    /// <summary>An upper bound of what indexing so many stored rows takes.</summary>
    public long IndexBytes(long rows, RowStore store, int keyWidth)
    {
        // Row ids, key numbers and starts, the keys and a hash table that is at most half full, each rounded up to a power of two.
        var bytes = rows * ((4 * sizeof(int)) + (2L * keyWidth * sizeof(ulong)) + (4 * sizeof(ulong)));
        foreach (var ordinal in keyOrdinals)
        {
            if (Types[ordinal].Storage is not (StorageKind.Flat or StorageKind.Bit))
            {
                bytes += store.BytesOfColumn(ordinal) + (rows * 32);
            }
        }
        return bytes;
    }
}
