using System.Runtime.InteropServices;
using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data;

/// <summary>
/// Up to some thousand rows of a result, column by column, as the engine made them: nothing is copied or converted. Valid until the next batch is asked for.
/// See <see cref="MicromegasDataReader.ReadBatchesAsync"/>.
/// </summary>
public sealed class ColumnBatch
{
    private readonly Batch _batch;

    internal ColumnBatch(Batch batch) => _batch = batch;

    /// <summary>Rows of every column.</summary>
    public int RowCount => _batch.RowCount;

    /// <summary>The columns' names and Arrow types.</summary>
    public Schema Schema => _batch.Schema;

    /// <summary>
    /// The column as the engine holds it: texts and bytes may be dictionary-coded whatever the column's type is; other columns have a value a row.
    /// </summary>
    /// <param name="ordinal">The column, from zero.</param>
    public Vector GetColumn(int ordinal) => (uint)ordinal < (uint)_batch.Columns.Length
        ? _batch.Columns[ordinal]
        : throw Throw.OutOfRange($"There is no column {ordinal}; the batch has {_batch.Columns.Length}.");

    /// <summary>Whether a row has no value.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    /// <param name="row">The row, from zero.</param>
    public bool IsNull(int ordinal, int row) => GetColumn(ordinal).IsNull(Checked(row));

    /// <summary>
    /// The values of a column of fixed size as they are stored: numbers; <see cref="long"/> or <see cref="NanoTimestamp"/> for timestamps in nanoseconds;
    /// <see cref="int"/> or <see cref="long"/>, in the type's unit, for other temporal types; <see cref="Int128"/>, unscaled, for decimals. Rows without a
    /// value hold anything.
    /// </summary>
    /// <typeparam name="T">The stored type.</typeparam>
    /// <param name="ordinal">The column, from zero.</param>
    /// <exception cref="InvalidCastException">The column is stored otherwise.</exception>
    public ReadOnlySpan<T> GetValues<T>(int ordinal)
        where T : unmanaged
    {
        var column = GetColumn(ordinal);
        if (column is FlatVector<T> flat)
        {
            return flat.Span;
        }

        return typeof(T) == typeof(NanoTimestamp) && column is FlatVector<long> times && column.Type is { Kind: TypeKind.Timestamp, Unit: TimeUnit.Nanosecond }
            ? MemoryMarshal.Cast<long, T>(times.Span)
            : throw Mismatch(ordinal, typeof(T).ToString());
    }

    /// <summary>The bits of a Boolean column, row 0 in the lowest bit of the first word.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    /// <exception cref="InvalidCastException">The column is not Boolean.</exception>
    public unsafe ReadOnlySpan<ulong> GetBits(int ordinal) => GetColumn(ordinal) is BitVector bits
        ? new(bits.Words, (RowCount + 63) >> 6)
        : throw Mismatch(ordinal, "bits");

    /// <summary>One bit a row, 1 = has a value; empty when all rows of the column have one.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    public unsafe ReadOnlySpan<ulong> GetValidity(int ordinal)
    {
        var column = GetColumn(ordinal);
        return column.Validity is null ? default : new(column.Validity, (RowCount + 63) >> 6);
    }

    /// <summary>The codes of a dictionary-coded column; equal codes mean equal values.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    /// <param name="codes">A code a row, a position in <paramref name="values"/>; anything where the row has no value.</param>
    /// <param name="values">The dictionary's values; the same object as long as the dictionary is the same.</param>
    /// <returns>False when the column is not dictionary-coded.</returns>
    public unsafe bool TryGetCodes(int ordinal, out ReadOnlySpan<int> codes, out Vector? values)
    {
        var dictionary = GetColumn(ordinal) as DictionaryVector;
        codes = dictionary is null ? default : new(dictionary.Codes, RowCount);
        values = dictionary?.Values;
        return dictionary is not null;
    }

    /// <summary>The bytes (UTF-8 of a text) of a row; empty when it has no value.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    /// <param name="row">The row, from zero.</param>
    /// <exception cref="InvalidCastException">The column holds neither texts nor bytes.</exception>
    public ReadOnlySpan<byte> GetBytes(int ordinal, int row)
    {
        var column = GetColumn(ordinal);
        if (column.IsNull(Checked(row)))
        {
            return default;
        }

        return column.Resolve(ref row) is BinaryVector bytes ? bytes[row] : throw Mismatch(ordinal, "bytes");
    }

    /// <summary>The text of a row, or null.</summary>
    /// <param name="ordinal">The column, from zero.</param>
    /// <param name="row">The row, from zero.</param>
    /// <exception cref="InvalidCastException">The column holds no texts.</exception>
    public string? GetString(int ordinal, int row) => !GetColumn(ordinal).Type.ValueType.IsUtf8
        ? throw Mismatch(ordinal, "text")
        : IsNull(ordinal, row) ? null : Encoding.UTF8.GetString(GetBytes(ordinal, row));

    private int Checked(int row) => (uint)row < (uint)RowCount ? row : throw new ArgumentOutOfRangeException(nameof(row), row, $"The batch has {RowCount} rows.");

    private InvalidCastException Mismatch(int ordinal, string wanted)
        => new($"Column '{Schema[ordinal].Name}' of type {Schema[ordinal].Type} is stored as {GetColumn(ordinal).GetType().Name} and cannot be seen as {wanted}.");
}
