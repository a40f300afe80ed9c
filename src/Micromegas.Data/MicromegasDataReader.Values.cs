using System.Runtime.CompilerServices;
using Micromegas.Data.Reading;

namespace Micromegas.Data;

public sealed unsafe partial class MicromegasDataReader
{
    /// <inheritdoc />
    public override bool IsDBNull(int ordinal) => Current(ordinal).IsNull(_row);

    /// <inheritdoc />
    public override Task<bool> IsDBNullAsync(int ordinal, CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled<bool>(cancellationToken) : Task.FromResult(IsDBNull(ordinal));

    /// <inheritdoc />
    public override bool GetBoolean(int ordinal) => Present(ordinal).GetBoolean(_row);

    /// <inheritdoc />
    public override byte GetByte(int ordinal) => Present(ordinal).GetInteger<byte>(_row);

    /// <inheritdoc />
    public override char GetChar(int ordinal) => Present(ordinal).GetChar(_row);

    /// <summary>The instant as a <see cref="DateTime"/> of kind UTC, truncated to 100 ns toward the past.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public override DateTime GetDateTime(int ordinal) => Present(ordinal).GetDateTime(_row);

    /// <summary>The instant with all nine fraction digits.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public NanoTimestamp GetNanoTimestamp(int ordinal) => Present(ordinal).GetNanoTimestamp(_row);

    /// <inheritdoc />
    public override decimal GetDecimal(int ordinal) => Present(ordinal).GetDecimal(_row);

    /// <inheritdoc />
    public override double GetDouble(int ordinal)
    {
        var values = (double*)Direct(ordinal, ColumnReader.DirectKind.Double);
        return values != null ? values[_row] : Present(ordinal).GetDouble(_row);
    }

    /// <inheritdoc />
    public override float GetFloat(int ordinal) => Present(ordinal).GetSingle(_row);

    /// <inheritdoc />
    public override Guid GetGuid(int ordinal) => Present(ordinal).GetGuid(_row);

    /// <inheritdoc />
    public override short GetInt16(int ordinal) => Present(ordinal).GetInteger<short>(_row);

    /// <inheritdoc />
    public override int GetInt32(int ordinal)
    {
        var values = (int*)Direct(ordinal, ColumnReader.DirectKind.Int32);
        return values != null ? values[_row] : Present(ordinal).GetInt32(_row);
    }

    /// <summary>The integer; of dates, times, timestamps and durations the count in the column's own unit.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public override long GetInt64(int ordinal)
    {
        var values = (long*)Direct(ordinal, ColumnReader.DirectKind.Int64);
        return values != null ? values[_row] : Present(ordinal).GetInt64(_row);
    }

    /// <inheritdoc />
    public override string GetString(int ordinal) => Present(ordinal).GetString(_row);

    /// <summary>A duration, a time of day, or an interval without months, truncated to 100 ns.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public TimeSpan GetTimeSpan(int ordinal) => Present(ordinal).GetTimeSpan(_row);

    /// <inheritdoc />
    public override object GetValue(int ordinal)
    {
        var column = Current(ordinal);
        return column.IsNull(_row) ? DBNull.Value : column.GetValue(_row);
    }

    /// <inheritdoc />
    public override int GetValues(object[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        if (_row < 0)
        {
            throw Throw.NoRow();
        }

        var count = Math.Min(values.Length, _columns.Length);
        for (var i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    /// <inheritdoc />
    public override T GetFieldValue<T>(int ordinal)
    {
        var column = Current(ordinal);
        if (column.IsNull(_row))
        {
            return typeof(T) == typeof(object) || typeof(T) == typeof(DBNull) ? (T)(object)DBNull.Value
                : FieldValue.TypeTraits<T>.IsNullable ? default!
                : throw Null(column);
        }

        return FieldValue.Get<T>(column, _row);
    }

    /// <inheritdoc />
    public override Task<T> GetFieldValueAsync<T>(int ordinal, CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken) : Task.FromResult(GetFieldValue<T>(ordinal));

    /// <inheritdoc />
    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length)
        => Copy(Present(ordinal).GetBytes(_row), dataOffset, buffer, bufferOffset, length);

    /// <inheritdoc />
    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
        => Copy(Present(ordinal).GetString(_row).AsSpan(), dataOffset, buffer, bufferOffset, length);

    /// <inheritdoc />
    public override Stream GetStream(int ordinal) => new MemoryStream(Present(ordinal).GetBytes(_row), writable: false);

    /// <inheritdoc />
    public override TextReader GetTextReader(int ordinal) => new StringReader(Present(ordinal).GetString(_row));

    private static long Copy<T>(ReadOnlySpan<T> value, long dataOffset, T[]? buffer, int bufferOffset, int length)
    {
        if (dataOffset is < 0 or > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(dataOffset), dataOffset, $"dataOffset must be between 0 and {int.MaxValue}.");
        }

        if (buffer is null)
        {
            return value.Length;
        }

        if (bufferOffset < 0 || bufferOffset > buffer.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(bufferOffset), bufferOffset, $"bufferOffset must be between 0 and {buffer.Length}.");
        }

        if (length < 0 || length > buffer.Length - bufferOffset)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"length must be between 0 and {buffer.Length - bufferOffset}.");
        }

        var start = (int)Math.Min(dataOffset, value.Length);
        var count = Math.Min(length, value.Length - start);
        value.Slice(start, count).CopyTo(buffer.AsSpan(bufferOffset));
        return count;
    }

    private static InvalidCastException Null(ColumnReader column)
        => new($"Column '{column.Field.Name}' of type {column.Field.Type} is null; ask IsDBNull first, or read it as a nullable type.");

    /// <summary>The values of the batch, row by row, when there is a row and the getter needs no more than to look at them; else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void* Direct(int ordinal, ColumnReader.DirectKind kind)
    {
        var columns = _columns;
        return _row >= 0 && (uint)ordinal < (uint)columns.Length ? columns[ordinal].Direct(kind) : null;
    }

    private ColumnReader Current(int ordinal)
    {
        // At a row the reader is open.
        var columns = _columns;
        return _row >= 0 && (uint)ordinal < (uint)columns.Length ? columns[ordinal] : NotReadable(ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ColumnReader NotReadable(int ordinal) => _row >= 0 ? Described(ordinal) : throw (_closed ? Throw.ReaderClosed() : Throw.NoRow());

    private ColumnReader Present(int ordinal)
    {
        var column = Current(ordinal);
        return column.IsNull(_row) ? throw Null(column) : column;
    }
}
