using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>
/// Distinct rows that memory has no room for, in runs ordered by hash: of each run only the blocks are read in which rows that are asked for may lie, so that
/// a short iteration reads little.
/// </summary>
internal sealed unsafe class SpilledKeys(IReadOnlyList<DataType> types, SpillFile file) : IDisposable
{
    private const int BlockRows = 512;

    private readonly List<List<Block>> runs = [];
    private readonly KeyHasher hasher = new();
    private readonly NativeList<ulong> hashes = new();
    private readonly NativeList<int> numbers = new();

    public bool IsEmpty => runs.Count == 0;

    /// <summary>Bytes of memory that writing so many rows takes.</summary>
    public static long WorkingBytes(long rows) => rows * (sizeof(ulong) + sizeof(int));

    /// <summary>Writes all keys of a table as a run.</summary>
    public void Add(KeyTable table, CancellationToken cancellationToken)
    {
        Hash(table, 0, table.Count, cancellationToken);
        var run = new List<Block>();
        using var scratch = new NativeList<ulong>();
        for (var start = 0; start < table.Count; start += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(BlockRows, table.Count - start);
            var columns = new Vector[types.Count];
            try
            {
                for (var i = 0; i < columns.Length; i++)
                {
                    columns[i] = table.Decode(i, numbers.Items + start, count, scratch);
                }
                run.Add(new Block(hashes[start], hashes[start + count - 1], file.Write(columns, count)));
            }
            finally
            {
                Free(columns);
            }
        }
        runs.Add(run);
        Forget();
    }

    /// <summary>Marks the keys of a table, from one on, that lie in some run.</summary>
    /// <param name="table">The keys.</param>
    /// <param name="finder">Finds keys in the table.</param>
    /// <param name="first">The first key that is asked for.</param>
    /// <param name="known">Gets a value other than 0 at the place of each such key, counted from the first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Mark(KeyTable table, KeyEncoder finder, int first, byte* known, CancellationToken cancellationToken)
    {
        Hash(table, first, table.Count - first, cancellationToken);
        using var found = new NativeList<int>();
        found.EnsureCapacity(BlockRows);
        foreach (var run in runs)
        {
            var next = 0;
            foreach (var block in run)
            {
                while (next < hashes.Count && hashes[next] < block.First)
                {
                    next++;
                }
                if (next == hashes.Count)
                {
                    break;
                }
                if (hashes[next] > block.Last)
                {
                    continue;
                }
                cancellationToken.ThrowIfCancellationRequested();
                var columns = file.Read(block.Place, types);
                try
                {
                    finder.Resolve(columns, null, block.Place.Rows, found.Items);
                }
                finally
                {
                    Free(columns);
                }
                for (var i = 0; i < block.Place.Rows; i++)
                {
                    if (found.Items[i] >= first)
                    {
                        known[found.Items[i] - first] = 1;
                    }
                }
            }
        }
        Forget();
    }

    public void Dispose()
    {
        hasher.Dispose();
        hashes.Dispose();
        numbers.Dispose();
    }

    /// <summary>The hashes of keys in order, with the keys' numbers.</summary>
    private void Hash(KeyTable table, int first, int count, CancellationToken cancellationToken)
    {
        hashes.Resize(count, 0);
        numbers.Resize(count, 0);
        for (var start = 0; start < count; start += Batch.MaxRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var some = Math.Min(Batch.MaxRows, count - start);
            var columns = new Vector[types.Count];
            try
            {
                for (var i = 0; i < columns.Length; i++)
                {
                    columns[i] = table.Decode(i, first + start, some);
                }
                hasher.Hash(columns, some, hashes.Items + start);
            }
            finally
            {
                Free(columns);
            }
            for (var i = 0; i < some; i++)
            {
                numbers.Items[start + i] = first + start + i;
            }
        }
        hashes.Span.Sort(numbers.Span);
    }

    private void Forget()
    {
        hashes.Dispose();
        numbers.Dispose();
    }

    private static void Free(Vector?[] columns)
    {
        foreach (var column in columns)
        {
            column?.Dispose();
        }
    }

    private readonly record struct Block(ulong First, ulong Last, SpilledBatch Place);
}
