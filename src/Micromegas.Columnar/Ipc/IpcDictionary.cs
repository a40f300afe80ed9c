namespace Micromegas.Columnar;

/// <summary>
/// The values of one dictionary id. A first or replacing batch is looked at where it lies; the first delta moves the values into memory that grows,
/// so that many small deltas cost no more than one large one. Every change makes a new vector object.
/// </summary>
internal sealed unsafe class IpcDictionary(IpcField valueField, ArrowReaderOptions options) : IDisposable
{
    private readonly IpcMemory memory = new(options.MaxBatchBytes);
    private NativeBuffer? body;
    private VectorBuilder? grown;
    private Vector? values;
    private Vector? placeholder;
    private long held;

    /// <summary>The field of the values.</summary>
    public IpcField ValueField => valueField;

    /// <summary>Whether a batch came.</summary>
    public bool IsPresent => values != null;

    /// <summary>The values; where there are none, one null, so that the codes of null rows have something to point at.</summary>
    public Vector GetValues(out int count)
    {
        count = values?.Length ?? 0;
        return count > 0 ? values! : placeholder ??= new Scalar(valueField.Field.Type, null).ToVector();
    }

    /// <summary>Takes the values of a dictionary batch.</summary>
    /// <param name="columns">Reads the batch; its header is filled.</param>
    /// <param name="source">The body; taken over when this returns.</param>
    /// <param name="length">Bytes of the body.</param>
    /// <param name="isDelta">Whether the values come on top of those that are there.</param>
    public void Read(IpcColumnReader columns, NativeBuffer source, long length, bool isDelta)
    {
        if (isDelta && values != null)
        {
            Append(columns, source, length);
            return;
        }
        Clear();
        // The values of a dictionary inside may move when that one grows: values that refer to such are copied.
        if (valueField.HoldsDictionaries)
        {
            grown = VectorBuilder.Create(valueField.Field.Type);
            Append(columns, source, length);
            return;
        }
        values = columns.Read([valueField], (nint)source.Pointer, length, memory)[0];
        held = length + memory.Used;
        body = source;
    }

    private void Append(IpcColumnReader columns, NativeBuffer source, long length)
    {
        using var scratch = new IpcMemory(options.MaxBatchBytes);
        var more = columns.Read([valueField], (nint)source.Pointer, length, scratch)[0];
        held += length + scratch.Used;
        if (held > options.MaxBatchBytes || more.Length > int.MaxValue - 64 - (values?.Length ?? 0))
        {
            throw new ArrowFormatException($"An Arrow dictionary needs more than the {options.MaxBatchBytes} bytes that its reader may hold.");
        }
        if (grown == null)
        {
            grown = VectorBuilder.Create(valueField.Field.Type);
            grown.AppendRange(values!, 0, values!.Length);
        }
        grown.AppendRange(more, 0, more.Length);
        values = grown.Look();
        memory.Reset();
        source.Dispose();
        body?.Dispose();
        body = null;
    }

    private void Clear()
    {
        values = null;
        held = 0;
        grown?.Dispose();
        grown = null;
        memory.Reset();
        body?.Dispose();
        body = null;
    }

    public void Dispose()
    {
        Clear();
        placeholder?.Dispose();
        memory.Dispose();
    }
}
