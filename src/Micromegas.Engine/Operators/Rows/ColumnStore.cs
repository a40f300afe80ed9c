using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>What a column keeps of one chunk of a <see cref="RowStore"/>.</summary>
internal class ColumnChunk : IDisposable
{
    public NativeBuffer? Values { get; set; }

    public NativeBuffer? Validity { get; set; }

    public virtual long Bytes => (Values?.Capacity ?? 0) + (Validity?.Capacity ?? 0);

    public virtual void Dispose()
    {
        Values?.Dispose();
        Validity?.Dispose();
        Values = null;
        Validity = null;
    }
}

/// <summary>
/// One column of a <see cref="RowStore"/>. Chunks are written by one worker each; rows are taken by row id (chunk and row in it)
/// after writing has ended.
/// </summary>
internal abstract unsafe class ColumnStore : IDisposable
{
    // Replaced when they grow, never changed in place but for a freed chunk: one worker may take rows while another adds chunks.
    private nint[] values = [];
    private ColumnChunk?[] chunks = [];
    private volatile bool hasNulls;

    protected ColumnStore(DataType type) => Type = type;

    public DataType Type { get; }

    /// <summary>Bytes that lie outside chunks.</summary>
    public virtual long SharedBytes => 0;

    /// <summary>A store that suits a column, given the first vector that comes.</summary>
    /// <param name="type">The column's type.</param>
    /// <param name="first">The first values.</param>
    /// <param name="largestDictionary">Bytes up to which values are kept once for all rows.</param>
    public static ColumnStore Create(DataType type, Vector first, long largestDictionary) => type.Storage switch
    {
        StorageKind.Bytes when type.IsDictionary || first is DictionaryVector => new CodeColumnStore(type, largestDictionary),
        StorageKind.Bytes => new BytesColumnStore(type),
        StorageKind.Flat => type.FlatSize switch
        {
            1 => new FlatColumnStore<byte>(type),
            2 => new FlatColumnStore<short>(type),
            4 => new FlatColumnStore<int>(type),
            8 => new FlatColumnStore<long>(type),
            16 => new FlatColumnStore<Int128>(type),
            _ => new FlatColumnStore<Int256>(type),
        },
        StorageKind.Bit => new BitColumnStore(type),
        _ => new NestedColumnStore(type),
    };

    /// <summary>Adds a chunk of so many rows under the given number; called under the store's lock.</summary>
    public ColumnChunk AddChunk(int number, int rows)
    {
        var chunk = CreateChunk(rows);
        if (number >= chunks.Length)
        {
            Array.Resize(ref values, Math.Max(16, number * 2));
            Array.Resize(ref chunks, values.Length);
        }
        chunks[number] = chunk;
        values[number] = (nint)(chunk.Values == null ? null : chunk.Values.Pointer);
        return chunk;
    }

    /// <summary>Copies rows of a vector into a chunk from row <paramref name="at"/> on.</summary>
    /// <param name="number">Number of the chunk.</param>
    /// <param name="at">First row written.</param>
    /// <param name="source">The values.</param>
    /// <param name="rows">Their rows; null = from <paramref name="start"/> on.</param>
    /// <param name="start">First row, when <paramref name="rows"/> is null.</param>
    /// <param name="count">Rows written.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="scratch">The writing worker's memory.</param>
    public abstract void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch);

    /// <summary>The rows of the given ids (-1 = null), in a vector that <paramref name="target"/> owns.</summary>
    public abstract Vector Take(int* ids, int count, TakeTarget target);

    /// <summary>Looks at rows of a chunk where they lie, in a column of fixed size.</summary>
    /// <param name="number">Number of the chunk.</param>
    /// <param name="start">First row; a multiple of 64.</param>
    /// <param name="count">Rows.</param>
    /// <param name="view">The vector that looks at them.</param>
    public void View(int number, int start, int count, FlatVector view)
    {
        view.Attach((byte*)values[number] + ((long)start * view.ElementSize), count);
        view.AttachValidity(chunks[number]!.Validity is { } validity ? (ulong*)validity.Pointer + (start / 64) : null);
    }

    public long BytesOf(int number) => chunks[number]?.Bytes ?? 0;

    public void FreeChunk(int number)
    {
        chunks[number]?.Dispose();
        chunks[number] = null;
        values[number] = 0;
    }

    public virtual void Dispose()
    {
        foreach (var chunk in chunks)
        {
            chunk?.Dispose();
        }
        chunks = [];
        values = [];
    }

    protected abstract ColumnChunk CreateChunk(int rows);

    protected ColumnChunk ChunkOf(int number) => chunks[number]!;

    /// <summary>First value of each chunk.</summary>
    protected ReadOnlySpan<nint> Values => values;

    /// <summary>Marks the nulls among rows just written. The chunk's bit map appears with its first null.</summary>
    protected void WriteNulls(int number, int at, in VectorAccess access, int* rows, int start, int count, ColumnChunk chunk)
    {
        if (!access.MayHaveNulls)
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            if (!access.IsNull(rows == null ? start + i : rows[i]))
            {
                continue;
            }
            if (chunk.Validity == null)
            {
                chunk.Validity = BufferPool.Shared.Rent(RowStore.ChunkRows / 8);
                Bitmap.Fill((ulong*)chunk.Validity.Pointer, RowStore.ChunkRows, true);
                hasNulls = true;
            }
            Bitmap.Clear((ulong*)chunk.Validity.Pointer, at + i);
        }
    }

    /// <summary>Marks the nulls among rows just taken.</summary>
    protected void TakeNulls(int* ids, int count, Vector target)
    {
        if (!hasNulls && !new ReadOnlySpan<int>(ids, count).ContainsAnyInRange(int.MinValue, -1))
        {
            target.AttachValidity(null);
            return;
        }
        ulong* bits = null;
        for (var i = 0; i < count; i++)
        {
            var id = ids[i];
            if (id >= 0)
            {
                var validity = chunks[id >> RowStore.ChunkShift]!.Validity;
                if (validity == null || Bitmap.Get((ulong*)validity.Pointer, id & RowStore.ChunkMask))
                {
                    continue;
                }
            }
            if (bits == null)
            {
                bits = target.PrepareValidity(count);
            }
            Bitmap.Clear(bits, i);
        }
        if (bits == null)
        {
            target.AttachValidity(null);
        }
    }
}

/// <summary>The vector into which one reader takes rows of one column; overwritten at each call.</summary>
internal sealed class TakeTarget : IDisposable
{
    public Vector? Vector { get; set; }

    /// <summary>The vector for rows of a dictionary-coded column that come without dictionary.</summary>
    public Vector? Plain { get; set; }

    public VectorBuilder? Builder { get; set; }

    public void Dispose()
    {
        Vector?.Dispose();
        Plain?.Dispose();
        Builder?.Dispose();
    }
}

/// <summary>What one worker needs to write one column.</summary>
internal sealed class WriterScratch : IDisposable
{
    public AccessScratch Access { get; } = new();

    /// <summary>The dictionary that <see cref="Codes"/> translates.</summary>
    public Vector? Dictionary { get; set; }

    /// <summary>The chunk that they are codes of.</summary>
    public ColumnChunk? Chunk { get; set; }

    /// <summary>For each value of <see cref="Dictionary"/> the store's code, the least integer while unknown.</summary>
    public NativeList<int> Codes { get; } = new();

    public void Dispose()
    {
        Access.Dispose();
        Codes.Dispose();
    }
}
