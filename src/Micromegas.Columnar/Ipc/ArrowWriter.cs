namespace Micromegas.Columnar;

/// <summary>Writes the messages of Arrow IPC, batch by batch: what streams and files have in common. Not thread-safe.</summary>
public abstract class ArrowWriter : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly bool leaveOpen;
    private bool started;
    private bool ended;

    private protected ArrowWriter(Stream stream, Schema schema, ArrowWriterOptions? options, bool isFile, bool leaveOpen)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(schema);
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        Output = new IpcOutput(stream);
        Sink = new IpcBatchSink(Output, schema, options ?? new ArrowWriterOptions(), isFile);
    }

    private protected IpcOutput Output { get; }

    private protected IpcBatchSink Sink { get; }

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
        await Sink.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is missing: the schema, when no batch came, and what tells readers that nothing was cut. Without it a file cannot be read.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        ended = true;
        await Sink.WriteEndAsync(cancellationToken).ConfigureAwait(false);
        await WriteTailAsync(cancellationToken).ConfigureAwait(false);
        await Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the memory back. Writes nothing: what was not completed stays cut, as readers should see it.</summary>
    public ValueTask DisposeAsync()
    {
        ended = true;
        Sink.Dispose();
        Output.Dispose();
        GC.SuppressFinalize(this);
        return leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
    }

    /// <summary>What stands before the schema.</summary>
    private protected virtual ValueTask WriteHeadAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>What stands behind the mark of the end.</summary>
    private protected virtual ValueTask WriteTailAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (ended)
        {
            throw new InvalidOperationException("The Arrow output is complete.");
        }
        if (!started)
        {
            started = true;
            await WriteHeadAsync(cancellationToken).ConfigureAwait(false);
            await Sink.WriteSchemaAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
