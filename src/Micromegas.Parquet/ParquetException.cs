namespace Micromegas.Parquet;

/// <summary>A Parquet file is damaged or breaks the format (SqlState XX001).</summary>
public class ParquetException : IOException
{
    internal ParquetException(string reason, Exception? inner = null)
        : base(reason, inner) => Reason = reason;

    internal ParquetException(string reason, ParquetLocation location, Exception? inner)
        : base(location.Describe(reason), inner)
    {
        Reason = reason;
        FileKey = location.FileKey;
        RowGroup = location.RowGroup;
        Column = location.Column;
        Offset = location.Offset;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>Key of the file; <see langword="null"/> when the bytes have none.</summary>
    public string? FileKey { get; }

    /// <summary>Ordinal of the row group, -1 when the fault lies in no row group.</summary>
    public int RowGroup { get; } = -1;

    /// <summary>Path of the column, parts separated by dots.</summary>
    public string? Column { get; }

    /// <summary>Offset in the file where the damaged part (footer, page) starts, -1 when unknown.</summary>
    public long Offset { get; } = -1;

    internal virtual ParquetException At(ParquetLocation location) => new(Reason, location, InnerException);
}

/// <summary>A Parquet file uses a codec, encoding or type that this version does not read or write (SqlState 0A000).</summary>
public sealed class ParquetUnsupportedException : ParquetException
{
    internal ParquetUnsupportedException(string reason)
        : base(reason)
    {
    }

    private ParquetUnsupportedException(string reason, ParquetLocation location)
        : base(reason, location, null)
    {
    }

    internal override ParquetException At(ParquetLocation location) => new ParquetUnsupportedException(Reason, location);
}

/// <summary>Where in a file something went wrong.</summary>
internal readonly record struct ParquetLocation(string? FileKey, int RowGroup = -1, string? Column = null, long Offset = -1)
{
    public string Describe(string reason)
    {
        var place = $"Parquet file '{FileKey}'";
        if (RowGroup >= 0)
        {
            place += $", row group {RowGroup}";
        }
        if (Column is not null)
        {
            place += $", column '{Column}'";
        }
        if (Offset >= 0)
        {
            place += $", byte {Offset}";
        }
        return $"{place}: {reason}";
    }
}
