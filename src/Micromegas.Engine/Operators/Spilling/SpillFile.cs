using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Microsoft.Win32.SafeHandles;

namespace Micromegas.Engine.Operators.Spilling;

/// <summary>Where a batch lies in a <see cref="SpillFile"/>.</summary>
internal readonly record struct SpilledBatch(long Offset, int Length, int Rows);

/// <summary>A temporary file of batches, for one operator and worker; gone when it is disposed, or when the process ends.</summary>
internal sealed unsafe class SpillFile : IDisposable
{
    private readonly QueryContext context;
    private readonly OperatorStatistics statistics;
    private readonly string owner;
    private readonly ByteWriter buffer = new();
    private SafeFileHandle? file;
    private long length;

    /// <param name="context">The statement.</param>
    /// <param name="statistics">Counts what is written.</param>
    /// <param name="owner">The operator, as it is named in an error.</param>
    public SpillFile(QueryContext context, OperatorStatistics statistics, string owner)
    {
        this.owner = owner;
        this.context = context;
        this.statistics = statistics;
    }

    /// <summary>Bytes that may be written.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Writes a batch without selection.</summary>
    /// <exception cref="EngineException">The file cannot be written (58030).</exception>
    public SpilledBatch Write(Vector[] columns, int rows)
    {
        buffer.Clear();
        foreach (var column in columns)
        {
            VectorSerializer.Write(column, rows, buffer);
        }
        return WriteBytes(buffer.Span) with { Rows = rows };
    }

    /// <summary>Writes bytes as they are.</summary>
    /// <exception cref="EngineException">The file cannot be written (58030).</exception>
    public SpilledBatch WriteBytes(ReadOnlySpan<byte> bytes)
    {
        var place = new SpilledBatch(length, bytes.Length, 0);
        var limit = context.Options.TemporaryLimit;
        if (length + bytes.Length > Limit)
        {
            throw new MemoryLimitException(owner, $"its rows do not fit memory, and it may write no more than {Limit} bytes to a temporary file.");
        }
        if (Interlocked.Add(ref context.Statistics.SpilledBytes, bytes.Length) > limit)
        {
            throw new MemoryLimitException(owner, $"its rows do not fit memory, and no more than {limit} bytes may be written to temporary files.");
        }
        try
        {
            file ??= Open(context.Options.TemporaryFolder);
            RandomAccess.Write(file, bytes, length);
        }
        catch (IOException exception) when (IsFull(exception))
        {
            throw new MemoryLimitException(owner, $"its rows do not fit memory, and the temporary folder is full: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(SqlState.IoError, $"{owner}: a temporary file cannot be written: {exception.Message}", exception);
        }
        length += bytes.Length;
        statistics.CountSpill(bytes.Length);
        return place;
    }

    /// <summary>Frees the memory that writing takes; it comes back with the next batch.</summary>
    public void EndWriting() => buffer.Dispose();

    /// <summary>Reads a batch; the caller owns the vectors.</summary>
    public Vector[] Read(SpilledBatch place, IReadOnlyList<DataType> types)
    {
        var columns = new Vector?[types.Count];
        Read(place, types, columns);
        return columns!;
    }

    /// <summary>Reads a batch into vectors that an earlier call gave, where there are some; the caller owns the vectors.</summary>
    public void Read(SpilledBatch place, IReadOnlyList<DataType> types, Vector?[] columns)
    {
        using var bytes = BufferPool.Shared.Rent(place.Length);
        ReadBytes(place, bytes.Pointer);
        var source = bytes.Pointer;
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = VectorSerializer.Read(types[i], place.Rows, ref source, columns[i]);
        }
    }

    /// <summary>Reads bytes as they were written.</summary>
    /// <exception cref="EngineException">The file cannot be read (58030).</exception>
    public void ReadBytes(SpilledBatch place, byte* into)
    {
        try
        {
            var target = new Span<byte>(into, place.Length);
            for (var done = 0; done < target.Length;)
            {
                var read = RandomAccess.Read(file!, target[done..], place.Offset + done);
                if (read == 0)
                {
                    throw new EndOfStreamException("A temporary file is shorter than what was written to it.");
                }
                done += read;
            }
        }
        catch (IOException exception)
        {
            throw new EngineException(SqlState.IoError, $"{owner}: a temporary file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a device or a user's share of it is full.</summary>
    internal static bool IsFull(IOException exception)
    {
        // ENOSPC and EDQUOT of Linux, EDQUOT of macOS; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
        return exception.HResult is 28 or 122 or 69 or unchecked((int)0x80070027) or unchecked((int)0x80070070);
    }

    // Where names and files are apart, the name goes at once: nothing is left of a process that was killed. Windows lets the system delete the file with its handle.
    private static SafeFileHandle Open(string folder)
    {
        var path = Path.Combine(folder, $"micromegas-{Guid.NewGuid():N}.spill");
        var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        var opened = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }
        return opened;
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
        buffer.Dispose();
    }
}
