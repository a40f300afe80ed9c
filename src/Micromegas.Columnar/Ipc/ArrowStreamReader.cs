namespace Micromegas.Columnar;

/// <summary>
/// Reads an Arrow IPC stream batch by batch. Columns look at the bytes that were read wherever Arrow lays values out as vectors do; dictionary-coded
/// columns come as <see cref="DictionaryVector"/>. Every offset, code and text is checked: damaged bytes give an <see cref="ArrowFormatException"/>.
/// Not thread-safe.
/// </summary>
/// <remarks>Format: Arrow columnar format, "IPC Streaming Format", metadata versions 4 and 5, little-endian.</remarks>
public sealed class ArrowStreamReader : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly bool leaveOpen;
    private readonly IpcMessageSource messages;
    private readonly IpcBatchSource batches;
    private bool ended;

    private ArrowStreamReader(Stream stream, bool leaveOpen, IpcMessageSource messages, IpcBatchSource batches)
    {
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        this.messages = messages;
        this.batches = batches;
    }

    /// <summary>The columns.</summary>
    public Schema Schema => batches.Schema;

    /// <summary>Reads the schema that a stream begins with.</summary>
    /// <param name="stream">The stream; disposed with the reader unless <paramref name="leaveOpen"/>, also when this fails.</param>
    /// <param name="options">Codec and limits.</param>
    /// <param name="leaveOpen">Whether the stream outlives the reader.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArrowFormatException">The bytes are no Arrow stream, or a field's type has no counterpart in <see cref="DataType"/>.</exception>
    public static async ValueTask<ArrowStreamReader> OpenAsync(
        Stream stream, ArrowReaderOptions? options = null, bool leaveOpen = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new ArrowReaderOptions();
        var messages = new IpcMessageSource(stream, options);
        try
        {
            if (!await messages.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new ArrowFormatException("The Arrow stream is empty.");
            }
            return new ArrowStreamReader(stream, leaveOpen, messages, new IpcBatchSource(ArrowSchemaReader.Read(messages.Metadata), messages, options));
        }
        catch
        {
            messages.Dispose();
            if (!leaveOpen)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
            throw;
        }
    }

    /// <summary>
    /// The next batch, <see langword="null"/> after the last. It may have more rows than <see cref="Batch.MaxRows"/>. It is borrowed: its vectors, their
    /// dictionaries included, are valid until the next call or the reader's disposal.
    /// </summary>
    /// <exception cref="ArrowFormatException">The stream is cut or damaged; the reader is of no further use.</exception>
    public async ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (!ended && await messages.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await batches.ReadMessageAsync(replacing: true, cancellationToken).ConfigureAwait(false) is { } batch)
            {
                return batch;
            }
        }
        ended = true;
        return null;
    }

    /// <summary>Gives the memory back.</summary>
    public ValueTask DisposeAsync()
    {
        ended = true;
        batches.Dispose();
        messages.Dispose();
        return leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
    }
}
