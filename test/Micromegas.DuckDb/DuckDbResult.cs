using System.Runtime.InteropServices;
using Micromegas.DuckDb.Native;

namespace Micromegas.DuckDb;

/// <summary>A result, read chunk by chunk in one pass.</summary>
public sealed unsafe class DuckDbResult : IDisposable
{
    private NativeResult result;
    private nint chunk;
    private bool disposed;

    internal DuckDbResult(NativeResult result)
    {
        this.result = result;
        var columns = new DuckDbColumn[DuckDbNative.ColumnCount(&result)];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new(
                Marshal.PtrToStringUTF8((nint)DuckDbNative.ColumnName(&result, (ulong)i)) ?? "",
                DuckDbType.Take(DuckDbNative.ColumnLogicalType(&result, (ulong)i)));
        }

        Columns = columns;
        RowsChanged = (long)DuckDbNative.RowsChanged(&result);
    }

    public IReadOnlyList<DuckDbColumn> Columns { get; }

    /// <summary>Rows that a statement other than a query changed.</summary>
    public long RowsChanged { get; }

    /// <summary>Rows of the current chunk.</summary>
    public int ChunkSize { get; private set; }

    /// <summary>Goes to the next chunk; vectors of the one before are no longer valid.</summary>
    public bool NextChunk()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (chunk != 0)
        {
            DuckDbNative.DestroyDataChunk(ref chunk);
        }

        chunk = DuckDbNative.FetchChunk(result);
        ChunkSize = chunk == 0 ? 0 : checked((int)DuckDbNative.DataChunkSize(chunk));
        return ChunkSize > 0;
    }

    /// <summary>A column of the current chunk.</summary>
    public DuckDbVector Vector(int column)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns.Count, nameof(column));
        return chunk != 0
            ? new(DuckDbNative.DataChunkVector(chunk, (ulong)column), Columns[column].Type)
            : throw new InvalidOperationException("No chunk has been read.");
    }

    /// <summary>All rows that are left, as CLR values.</summary>
    public IReadOnlyList<object?[]> ReadRows()
    {
        var rows = new List<object?[]>();
        while (NextChunk())
        {
            var first = rows.Count;
            for (var row = 0; row < ChunkSize; row++)
            {
                rows.Add(new object?[Columns.Count]);
            }

            for (var column = 0; column < Columns.Count; column++)
            {
                var vector = Vector(column);
                for (var row = 0; row < ChunkSize; row++)
                {
                    rows[first + row][column] = vector.GetValue(row);
                }
            }
        }

        return rows;
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (chunk != 0)
        {
            DuckDbNative.DestroyDataChunk(ref chunk);
        }

        fixed (NativeResult* owned = &result)
        {
            DuckDbNative.DestroyResult(owned);
        }
    }
}
