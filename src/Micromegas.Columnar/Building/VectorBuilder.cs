namespace Micromegas.Columnar;

/// <summary>
/// Collects values of one type into a vector that owns its memory. Grows by doubling. Not thread-safe.
/// <see cref="Build"/> hands the memory over and leaves the builder empty, ready for the next vector.
/// </summary>
public abstract unsafe class VectorBuilder : IDisposable
{
    private GrowableBuffer validity;

    protected VectorBuilder(DataType type) => Type = type;

    public DataType Type { get; }

    /// <summary>Rows so far.</summary>
    public int Length { get; protected set; }

    /// <summary>Whether a null was appended since the last <see cref="Build"/>.</summary>
    public bool HasNulls { get; private set; }

    /// <summary>Bytes of native memory held.</summary>
    public virtual long AllocatedBytes => validity.Capacity;

    /// <summary>Bytes of native memory that appending so many rows asks for at once, if they are like those so far.</summary>
    public virtual long GrowthBytes(int more) => 0;

    /// <summary>
    /// A builder for a type: dictionaries of texts and binaries are built dictionary-coded (<see cref="DictionaryVectorBuilder"/>),
    /// other dictionaries as plain vectors of their value type.
    /// </summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="capacity">Rows that are expected, to save growing.</param>
    public static VectorBuilder Create(DataType type, int capacity = 0)
    {
        VectorBuilder builder = type switch
        {
            { Kind: TypeKind.Null } => new NullVectorBuilder(),
            { Kind: TypeKind.Dictionary, Storage: StorageKind.Bytes } => new DictionaryVectorBuilder(type),
            { Storage: StorageKind.Bit } => new BitVectorBuilder(type),
            { Storage: StorageKind.Bytes } => new BinaryVectorBuilder(type),
            { Storage: StorageKind.List } => new ListVectorBuilder(type),
            { Storage: StorageKind.Struct } => new StructVectorBuilder(type),
            _ => FlatVectorBuilder.CreateFlat(type),
        };
        builder.Reserve(capacity);
        return builder;
    }

    /// <summary>Makes room for more rows.</summary>
    public abstract void Reserve(int rows);

    /// <summary>Appends a null.</summary>
    public void AppendNull()
    {
        AppendDefault();
        CountNull();
    }

    /// <summary>Appends nulls until there are <paramref name="rows"/> rows: for rows that nobody selected.</summary>
    public void PadWithNulls(int rows)
    {
        while (Length < rows)
        {
            AppendNull();
        }
    }

    /// <summary>Appends one row of a vector of the same storage, however it is encoded.</summary>
    public void Append(Vector source, int row)
    {
        if (source.IsNull(row))
        {
            AppendNull();
            return;
        }
        AppendPresent(source, row);
        Length++;
        if (HasNulls)
        {
            MarkValidity(Length - 1, true);
        }
    }

    /// <summary>Appends the given rows of a vector of the same storage.</summary>
    public void Append(Vector source, ReadOnlySpan<int> rows)
    {
        fixed (int* first = rows)
        {
            AppendRows(source, new RowNumbers(first), rows.Length);
        }
    }

    /// <summary>Appends <paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    public void AppendRange(Vector source, int start, int count)
    {
        if (source.MayHaveNulls || HasNulls || !TryAppendBlock(source, start, count))
        {
            AppendRows(source, new RowRange(start), count);
        }
    }

    /// <summary>Appends a value boxed as <see cref="Scalar"/> says, or null.</summary>
    public void AppendValue(object? value)
    {
        if (value is null)
        {
            AppendNull();
            return;
        }
        AppendBoxed(value);
        Length++;
        if (HasNulls)
        {
            MarkValidity(Length - 1, true);
        }
    }

    /// <summary>The vector of all rows so far; the caller owns it. The builder is empty afterwards.</summary>
    /// <param name="into">A vector that an earlier call gave and that was disposed: it is used again where that is possible. Null = a new one.</param>
    public Vector Build(Vector? into = null)
    {
        NativeBuffer? bits = null;
        if (HasNulls)
        {
            bits = validity.Take();
        }
        var vector = BuildVector(Length, bits, into);
        Length = 0;
        HasNulls = false;
        validity.Used = 0;
        return vector;
    }

    /// <summary>A vector of all rows so far that looks at the builder's memory: valid until the builder changes.</summary>
    public Vector Look()
    {
        var vector = LookAt(Length);
        if (HasNulls)
        {
            vector.AttachValidity((ulong*)validity.Pointer);
        }
        return vector;
    }

    public virtual void Dispose() => validity.Dispose();

    /// <summary>Appends an arbitrary value for a null row; does not count it.</summary>
    protected abstract void AppendDefault();

    /// <summary>Appends a row that is not null; does not count it.</summary>
    protected abstract void AppendPresent(Vector source, int row);

    /// <summary>Appends a boxed value; does not count it.</summary>
    protected abstract void AppendBoxed(object value);

    /// <summary>Appends and counts rows that lie one after the other, none of them null and none before; false = not of that encoding.</summary>
    private protected virtual bool TryAppendBlock(Vector source, int start, int count) => false;

    /// <summary>Appends and counts rows of a plain or dictionary-coded vector without a call per row; false = of another encoding, nothing was appended.</summary>
    private protected virtual bool TryAppend<TRows>(Vector source, TRows rows, int count)
        where TRows : struct, IRowSequence => false;

    /// <summary>Of rows like those so far: what so many of them take where <paramref name="used"/> is taken now.</summary>
    private protected long Share(long used, int more) => (long)((double)used / Math.Max(1, Length) * more);

    /// <summary>Makes the vector, or uses <paramref name="into"/> again, and forgets its memory.</summary>
    protected abstract Vector BuildVector(int length, NativeBuffer? validity, Vector? into);

    /// <summary>Makes a vector that looks at the memory, without validity.</summary>
    protected abstract Vector LookAt(int length);

    /// <summary>Counts a row that the caller appended and that is not null.</summary>
    protected void CountPresent()
    {
        Length++;
        if (HasNulls)
        {
            MarkValidity(Length - 1, true);
        }
    }

    /// <summary>Counts rows that the caller appended and of which none is null.</summary>
    protected void CountPresent(int count)
    {
        if (!HasNulls)
        {
            Length += count;
            return;
        }
        for (var i = 0; i < count; i++)
        {
            CountPresent();
        }
    }

    /// <summary>Counts a row that the caller appended for a null.</summary>
    protected void CountNull()
    {
        Length++;
        HasNulls = true;
        MarkValidity(Length - 1, false);
    }

    private void AppendRows<TRows>(Vector source, TRows rows, int count)
        where TRows : struct, IRowSequence
    {
        if (TryAppend(source, rows, count))
        {
            return;
        }
        for (var i = 0; i < count; i++)
        {
            Append(source, rows[i]);
        }
    }

    private void MarkValidity(int row, bool valid)
    {
        var bytes = ((row >> 6) + 1) * 8L;
        if (validity.Used < bytes)
        {
            // Rows before the first null were not marked: all of them are valid.
            validity.Reserve(bytes - validity.Used);
            new Span<byte>(validity.Pointer + validity.Used, (int)(bytes - validity.Used)).Fill(0xff);
            validity.Used = bytes;
        }
        Bitmap.Assign((ulong*)validity.Pointer, row, valid);
    }
}
