namespace Micromegas.Columnar;

/// <summary>
/// Writes an Arrow IPC stream batch by batch: the schema first, then each batch after the dictionary values that readers do not know yet. Memory of
/// the vectors is handed to the stream as it lies wherever Arrow lays values out as vectors do. Not thread-safe.
/// </summary>
/// <remarks>Format: Arrow columnar format, "IPC Streaming Format", metadata version 5, little-endian.</remarks>
public sealed class ArrowStreamWriter : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly bool leaveOpen;
    private readonly IpcOutput output;
    private readonly IpcBatchSink sink;
    private bool started;
    private bool ended;

    /// <param name="stream">The target; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
    /// <param name="schema">The columns. <c>Jsonb</c> is written as Binary.</param>
    /// <param name="options">Codec and dictionaries.</param>
    /// <param name="leaveOpen">Whether the stream outlives the writer.</param>
    public ArrowStreamWriter(Stream stream, Schema schema, ArrowWriterOptions? options = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(schema);
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        output = new IpcOutput(stream);
        sink = new IpcBatchSink(output, schema, options ?? new ArrowWriterOptions(), isFile: false);
    }

    /// <summary>Writes the selected rows of a batch, of any number. Its vectors, of any encoding, must stay as they are until the task is done.</summary>
    /// <exception cref="ArgumentException">A vector does not fit its field.</exception>
    /// <exception cref="InvalidOperationException">
    /// <see cref="CompleteAsync"/> was called; the values of a column exceed 2 GiB; or a dictionary's codes are too narrow for its values.
    /// After a failure the writer is of no further use.
    /// </exception>
    public async ValueTask WriteAsync(Batch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await sink.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is missing: the schema, when no batch came, and the mark that tells readers that nothing was cut.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        ended = true;
        await sink.WriteEndAsync(cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (ended)
        {
            throw new InvalidOperationException("The Arrow stream is complete.");
        }
        if (!started)
        {
            started = true;
            await sink.WriteSchemaAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the memory back. Writes nothing: a stream that was not completed stays cut, as readers should see it.</summary>
    public ValueTask DisposeAsync()
    {
        ended = true;
        sink.Dispose();
        output.Dispose();
        return leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
    }
}
