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
    private readonly ByteWriter buffer = new();
    private SafeFileHandle? file;
    private long length;

    public SpillFile(QueryContext context, OperatorStatistics statistics)
    {
        this.context = context;
        this.statistics = statistics;
    }

    /// <summary>Writes a batch without selection.</summary>
    /// <exception cref="EngineException">The file cannot be written (58030).</exception>
    public SpilledBatch Write(Vector[] columns, int rows)
    {
        buffer.Clear();
        foreach (var column in columns)
        {
            VectorSerializer.Write(column, rows, buffer);
        }
        var place = new SpilledBatch(length, buffer.Length, rows);
        try
        {
            file ??= Open(context.Options.TemporaryFolder);
            RandomAccess.Write(file, buffer.Span, length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(SqlState.IoError, $"A temporary file cannot be written: {exception.Message}", exception);
        }
        length += buffer.Length;
        statistics.CountSpill(buffer.Length);
        Interlocked.Add(ref context.Statistics.SpilledBytes, buffer.Length);
        return place;
    }

    /// <summary>Reads a batch; the caller owns the vectors.</summary>
    public Vector[] Read(SpilledBatch place, IReadOnlyList<DataType> types)
    {
        using var bytes = BufferPool.Shared.Rent(place.Length);
        try
        {
            var target = new Span<byte>(bytes.Pointer, place.Length);
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
            throw new EngineException(SqlState.IoError, $"A temporary file cannot be read: {exception.Message}", exception);
        }
        var source = bytes.Pointer;
        var columns = new Vector[types.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = VectorSerializer.Read(types[i], place.Rows, ref source);
        }
        return columns;
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
