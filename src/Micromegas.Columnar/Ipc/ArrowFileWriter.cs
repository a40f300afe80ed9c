using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>Writes an Arrow IPC file (also called Feather V2) batch by batch. The same rules as for <see cref="ArrowStreamWriter"/> hold. Not thread-safe.</summary>
/// <remarks>Format: Arrow columnar format, "IPC File Format".</remarks>
public sealed class ArrowFileWriter : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly Schema schema;
    private readonly bool leaveOpen;
    private readonly IpcOutput output;
    private readonly IpcBatchSink sink;
    private bool started;
    private bool ended;

    /// <param name="stream">The target, which need not seek; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
    /// <param name="schema">The columns. <c>Jsonb</c> is written as Binary.</param>
    /// <param name="options">Codec. The dictionaries of a file always grow.</param>
    /// <param name="leaveOpen">Whether the stream outlives the writer.</param>
    public ArrowFileWriter(Stream stream, Schema schema, ArrowWriterOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(schema);
        this.stream = stream;
        this.schema = schema;
        this.leaveOpen = leaveOpen;
        output = new IpcOutput(stream);
        sink = new IpcBatchSink(output, schema, options ?? new ArrowWriterOptions(), isFile: true);
    }

    /// <inheritdoc cref="ArrowStreamWriter.WriteAsync"/>
    public async ValueTask WriteAsync(Batch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await sink.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the footer; without it the file cannot be read.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        ended = true;
        await sink.WriteEndAsync(cancellationToken).ConfigureAwait(false);
        var footer = ArrowFileFooter.Write(schema, sink.DictionaryBlocks, sink.BatchBlocks);
        await output.WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        var tail = new byte[ArrowFileReader.TailLength];
        BinaryPrimitives.WriteInt32LittleEndian(tail, footer.Length);
        ArrowFileReader.Magic.CopyTo(tail.AsSpan(4));
        await output.WriteAsync(tail, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (ended)
        {
            throw new InvalidOperationException("The Arrow file is complete.");
        }
        if (!started)
        {
            started = true;
            var head = new byte[ArrowFileReader.HeadLength];
            ArrowFileReader.Magic.CopyTo(head);
            await output.WriteAsync(head, cancellationToken).ConfigureAwait(false);
            await sink.WriteSchemaAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the memory back. Writes nothing: a file that was not completed stays cut.</summary>
    public ValueTask DisposeAsync()
    {
        ended = true;
        sink.Dispose();
        output.Dispose();
        return leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
    }
}
