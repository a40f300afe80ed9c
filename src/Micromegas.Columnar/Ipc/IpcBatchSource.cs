using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>What stream and file readers share: messages to dictionaries and batches.</summary>
internal sealed class IpcBatchSource : IDisposable
{
    private readonly IpcField[] fields;
    private readonly IpcMessageSource messages;
    private readonly IpcBatchHeader header = new();
    private readonly IpcMemory memory;
    private readonly IpcColumnReader columns;
    private NativeBuffer? body;

    public IpcBatchSource(IpcField[] fields, IpcMessageSource messages, ArrowReaderOptions options)
    {
        this.fields = fields;
        this.messages = messages;
        Schema = IpcField.SchemaOf(fields);
        Dictionaries = new IpcDictionaries(fields, options);
        memory = new IpcMemory(options.MaxBatchBytes);
        columns = new IpcColumnReader(header, Dictionaries, options);
    }

    public Schema Schema { get; }

    public IpcDictionaries Dictionaries { get; }

    /// <summary>Reads one message: the batch it holds, or null when it held a dictionary. The batch before is given up.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="replacing">Whether a dictionary that is there already may be replaced: in streams, not in files.</param>
    /// <exception cref="EndOfStreamException">There is no further message.</exception>
    public async ValueTask<Batch?> ReadMessageAsync(bool replacing, CancellationToken cancellationToken)
    {
        Release();
        var (kind, length) = ReadHeader(replacing, out var id, out var isDelta);
        var bytes = await messages.ReadBodyAsync(length, cancellationToken).ConfigureAwait(false);
        try
        {
            if (kind == HeaderRecordBatch)
            {
                var batch = ReadBatch(bytes, length);
                body = bytes;
                return batch;
            }
            Dictionaries[id].Read(columns, bytes, length, isDelta);
            return null;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private (byte Kind, long Length) ReadHeader(bool replacing, out long id, out bool isDelta)
    {
        var message = FlatBufferTable.Root(messages.Metadata);
        ArrowSchemaReader.CheckVersion(message.Int16(Message.Version));
        var kind = message.Byte(Message.HeaderType);
        id = 0;
        isDelta = false;
        switch (kind)
        {
            case HeaderRecordBatch:
                header.Read(message.Table(Message.Header));
                break;
            case HeaderDictionaryBatch:
                var dictionary = message.Table(Message.Header);
                id = dictionary.Int64(DictionaryBatch.Id);
                isDelta = dictionary.Bool(DictionaryBatch.IsDelta);
                if (!replacing && !isDelta && Dictionaries[id].IsPresent)
                {
                    throw new ArrowFormatException($"Damaged Arrow file: dictionary {id} comes twice.");
                }
                header.Read(dictionary.Table(DictionaryBatch.Data));
                break;
            default:
                throw new ArrowFormatException($"An Arrow message of kind {kind} where a batch should be.");
        }
        return (kind, message.Int64(Message.BodyLength));
    }

    private unsafe Batch ReadBatch(NativeBuffer bytes, long length) =>
        new(Schema, columns.Read(fields, (nint)bytes.Pointer, length, memory)) { RowCount = header.Rows };

    private void Release()
    {
        memory.Reset();
        body?.Dispose();
        body = null;
    }

    public void Dispose()
    {
        Release();
        Dictionaries.Dispose();
        memory.Dispose();
    }
}
