namespace Micromegas.Columnar;

/// <summary>
/// One dictionary of a stream or file: gives the rows of each batch their codes and keeps what readers do not know yet. Values of vectors that are
/// dictionary-coded already are looked up once a dictionary, not once a row.
/// </summary>
internal abstract unsafe class IpcDictionaryWriter(IpcField column, bool mayReplace, bool alwaysReplace) : IDisposable
{
    /// <summary>A dictionary that needs more is begun anew where that is allowed: readers need not keep what nobody refers to any more.</summary>
    private const long LargestGrown = 32 << 20;

    /// <summary>The same when it is sent whole with every new value.</summary>
    private const long LargestRepeated = 64 << 10;

    private bool sent;

    public long Id => column.DictionaryId;

    /// <summary>The field of the values.</summary>
    public IpcField ValueField { get; } = column.Values;

    /// <summary>Values that have a code.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes that readers keep for the values.</summary>
    protected abstract long ValueBytes { get; }

    /// <summary>Whether new values replace the dictionary instead of adding to it.</summary>
    protected bool AlwaysReplace => alwaysReplace;

    /// <summary>Values that have been sent.</summary>
    private int Sent { get; set; }

    /// <summary>Whether readers lack values, or the dictionary as a whole.</summary>
    public bool IsDirty => !sent || Sent < Count;

    /// <summary>Whether the next dictionary batch adds to what was sent.</summary>
    public bool IsDelta => sent && !alwaysReplace;

    public static IpcDictionaryWriter Create(IpcField field, bool mayReplace, bool alwaysReplace) =>
        field.Field.Type.Storage is StorageKind.Bytes or StorageKind.Flat or StorageKind.Bit
            ? new IpcInternedDictionary(field, mayReplace, alwaysReplace)
            : new IpcAppendedDictionary(field, mayReplace, alwaysReplace);

    /// <summary>Codes of some rows of a vector of any encoding, -1 for nulls; they lie in <paramref name="memory"/>.</summary>
    public int* Encode(Vector vector, IpcRows rows, IpcMemory memory)
    {
        var isDictionary = IpcColumnWriter.Peel(ref vector, ref rows, memory);
        var codes = (int*)memory.Rent(Math.Max(rows.Count, 1) * 4L);
        if (mayReplace && ValueBytes > (alwaysReplace ? LargestRepeated : LargestGrown))
        {
            Restart();
        }
        if (vector is NullVector)
        {
            new Span<int>(codes, rows.Count).Fill(-1);
        }
        else
        {
            Encode(vector, isDictionary, rows, codes);
        }
        if (Count > LargestCount)
        {
            // The rows themselves may have few enough values.
            if (mayReplace && Sent > 0)
            {
                Restart();
                Encode(vector, isDictionary, rows, codes);
            }
            if (Count > LargestCount)
            {
                throw new InvalidOperationException($"Column {column.Field.Name} has {Count} distinct values, more than codes of type {column.Field.Type.IndexType} can tell apart.");
            }
        }
        if (alwaysReplace && Sent < Count)
        {
            Sent = 0;
        }
        return codes;
    }

    /// <summary>Adds the values that readers lack to a body.</summary>
    public void WriteValues(IpcColumnWriter writer, IpcBody body)
    {
        body.Rows = Count - Sent;
        WriteValues(writer, body, Sent);
    }

    /// <summary>Counts all values as sent.</summary>
    public void MarkSent()
    {
        sent = true;
        Sent = Count;
        Forget();
    }

    private long LargestCount => column.Field.Type.IndexType!.Kind switch
    {
        TypeKind.Int8 => 1L << 7,
        TypeKind.UInt8 => 1L << 8,
        TypeKind.Int16 => 1L << 15,
        TypeKind.UInt16 => 1L << 16,
        _ => int.MaxValue,
    };

    /// <summary>Forgets all values and what was sent: the next dictionary batch is a new dictionary.</summary>
    protected void Restart()
    {
        Clear();
        Sent = 0;
        sent = false;
    }

    /// <summary>Gives a plain vector's rows their codes.</summary>
    /// <param name="vector">A plain vector.</param>
    /// <param name="isDictionary">Whether it is a dictionary's values: they never change while the object lives.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="codes">Receives the codes, -1 for nulls.</param>
    protected abstract void Encode(Vector vector, bool isDictionary, IpcRows rows, int* codes);

    /// <summary>Adds the values from a code on to a body.</summary>
    protected abstract void WriteValues(IpcColumnWriter writer, IpcBody body, int from);

    /// <summary>Forgets all values.</summary>
    protected abstract void Clear();

    /// <summary>Called when everything was sent.</summary>
    protected virtual void Forget()
    {
    }

    public abstract void Dispose();
}
