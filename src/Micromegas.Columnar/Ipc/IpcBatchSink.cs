using System.Buffers.Binary;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>What stream and file writers share: batches to messages, the dictionaries that they need first.</summary>
internal sealed class IpcBatchSink : IDisposable
{
    private static readonly byte[] Zeros = new byte[8];

    private readonly Schema schema;
    private readonly IpcField[] fields;
    private readonly IpcOutput output;
    private readonly IArrowLz4Codec? lz4;
    private readonly IpcDictionaryWriters dictionaries;
    private readonly IpcColumnWriter columns;
    private readonly IpcBody body;
    private readonly IpcBody?[] dictionaryBodies;
    private readonly FlatBufferWriter metadata = new();
    private readonly byte[] prefix = new byte[8];
    private ReadOnlyMemory<byte> finished;

    /// <param name="output">Where the messages go.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="options">Codec and dictionaries.</param>
    /// <param name="isFile">Whether dictionaries may only grow.</param>
    public IpcBatchSink(IpcOutput output, Schema schema, ArrowWriterOptions options, bool isFile)
    {
        this.output = output;
        this.schema = schema;
        lz4 = options.Lz4;
        fields = IpcField.Number(schema);
        dictionaries = new IpcDictionaryWriters(fields, !isFile, !isFile && options.DictionaryChanges == ArrowDictionaryChanges.Replaced);
        columns = new IpcColumnWriter(dictionaries);
        body = new IpcBody(lz4);
        dictionaryBodies = new IpcBody?[dictionaries.Count];
    }

    /// <summary>Where the dictionaries lie.</summary>
    public List<ArrowFileBlock> DictionaryBlocks { get; } = [];

    /// <summary>Where the batches lie.</summary>
    public List<ArrowFileBlock> BatchBlocks { get; } = [];

    public ValueTask WriteSchemaAsync(CancellationToken cancellationToken) => output.WriteAsync(ArrowSchemaMessage.Write(schema), cancellationToken);

    /// <summary>Writes the dictionaries that the batch needs, then the batch.</summary>
    public async ValueTask WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        Encode(batch);
        // Dictionaries inside others have the higher ids and are needed first.
        for (var id = dictionaryBodies.Length - 1; id >= 0; id--)
        {
            if (dictionaryBodies[id] is { Rows: >= 0 } values)
            {
                WriteDictionaryMetadata(dictionaries[id], values);
                DictionaryBlocks.Add(await WriteMessageAsync(values, cancellationToken).ConfigureAwait(false));
                dictionaries[id].MarkSent();
                values.Clear();
                values.Rows = -1;
            }
        }
        WriteBatchMetadata();
        BatchBlocks.Add(await WriteMessageAsync(body, cancellationToken).ConfigureAwait(false));
        body.Clear();
    }

    /// <summary>Writes the mark that ends a stream.</summary>
    public async ValueTask WriteEndAsync(CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, Continuation);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(4), 0);
        await output.WriteAsync(prefix, cancellationToken).ConfigureAwait(false);
    }

    private void Encode(Batch batch)
    {
        body.Clear();
        columns.WriteBatch(fields, batch, body);
        for (var id = 0; id < dictionaryBodies.Length; id++)
        {
            if (dictionaries[id].IsDirty)
            {
                var values = dictionaryBodies[id] ??= new IpcBody(lz4);
                values.Clear();
                dictionaries[id].WriteValues(columns, values);
            }
        }
    }

    private void WriteDictionaryMetadata(IpcDictionaryWriter dictionary, IpcBody values)
    {
        metadata.Clear();
        var data = values.WriteTable(metadata);
        metadata.StartTable(DictionaryBatch.FieldCount);
        metadata.AddInt64(DictionaryBatch.Id, dictionary.Id);
        metadata.AddReference(DictionaryBatch.Data, data);
        metadata.AddBool(DictionaryBatch.IsDelta, dictionary.IsDelta);
        FinishMetadata(HeaderDictionaryBatch, metadata.EndTable(), values.Length);
    }

    private void WriteBatchMetadata()
    {
        metadata.Clear();
        FinishMetadata(HeaderRecordBatch, body.WriteTable(metadata), body.Length);
    }

    private void FinishMetadata(byte kind, int header, long bodyLength)
    {
        metadata.StartTable(Message.FieldCount);
        metadata.AddInt64(Message.BodyLength, bodyLength);
        metadata.AddReference(Message.Header, header);
        metadata.AddInt16(Message.Version, VersionV5);
        metadata.AddByte(Message.HeaderType, kind);
        finished = metadata.Finish(metadata.EndTable());
    }

    private async ValueTask<ArrowFileBlock> WriteMessageAsync(IpcBody message, CancellationToken cancellationToken)
    {
        var start = output.Position;
        var padding = -finished.Length & 7;
        BinaryPrimitives.WriteUInt32LittleEndian(prefix, Continuation);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(4), finished.Length + padding);
        await output.WriteAsync(prefix, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(finished, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(Zeros.AsMemory(0, padding), cancellationToken).ConfigureAwait(false);
        var metadataLength = (int)(output.Position - start);
        foreach (var (address, length) in message.Pieces)
        {
            await output.WriteAsync(address, length, cancellationToken).ConfigureAwait(false);
        }
        return new ArrowFileBlock(start, metadataLength, message.Length);
    }

    public void Dispose()
    {
        body.Dispose();
        foreach (var values in dictionaryBodies)
        {
            values?.Dispose();
        }
        dictionaries.Dispose();
    }
}
