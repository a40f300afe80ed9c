using System.Buffers.Binary;
using static Micromegas.Columnar.ArrowMetadata;

namespace Micromegas.Columnar;

/// <summary>
/// Reads an Arrow IPC file (also called Feather V2), any batch in any order. The same rules as for <see cref="ArrowStreamReader"/> hold.
/// Not thread-safe.
/// </summary>
/// <remarks>Format: Arrow columnar format, "IPC File Format".</remarks>
public sealed class ArrowFileReader : IAsyncDisposable
{
    internal static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>The magic at the start, padded to 8 bytes.</summary>
    internal const int HeadLength = 8;

    /// <summary>The footer's length and the magic at the end.</summary>
    internal const int TailLength = 10;

    private readonly Stream stream;
    private readonly bool leaveOpen;
    private readonly IpcMessageSource messages;
    private readonly IpcBatchSource batches;
    private readonly ArrowFileBlock[] dictionaryBlocks;
    private readonly ArrowFileBlock[] batchBlocks;
    private bool dictionariesRead;

    private ArrowFileReader(Stream stream, bool leaveOpen, IpcMessageSource messages, ArrowFileFooter footer, ArrowReaderOptions options)
    {
        this.stream = stream;
        this.leaveOpen = leaveOpen;
        this.messages = messages;
        dictionaryBlocks = footer.Dictionaries;
        batchBlocks = footer.Batches;
        batches = new IpcBatchSource(footer.Fields, messages, options);
    }

    /// <summary>The columns.</summary>
    public Schema Schema => batches.Schema;

    /// <summary>Batches in the file.</summary>
    public int BatchCount => batchBlocks.Length;

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="stream">The file, seekable; disposed with the reader unless <paramref name="leaveOpen"/>, also when this fails.</param>
    /// <param name="options">Codec and limits.</param>
    /// <param name="leaveOpen">Whether the stream outlives the reader.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="ArrowFormatException">The bytes are no Arrow file, or a field's type has no counterpart in <see cref="DataType"/>.</exception>
    public static async ValueTask<ArrowFileReader> OpenAsync(
        Stream stream, ArrowReaderOptions? options = null, bool leaveOpen = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("An Arrow file needs a stream that can seek.", nameof(stream));
        }
        options ??= new ArrowReaderOptions();
        var messages = new IpcMessageSource(stream, options);
        try
        {
            var footer = await ReadFooterAsync(stream, messages, cancellationToken).ConfigureAwait(false);
            return new ArrowFileReader(stream, leaveOpen, messages, footer, options);
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
    /// A batch by its number. It may have more rows than <see cref="Batch.MaxRows"/>. It is borrowed: valid until the next call or the reader's disposal.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no batch of that number.</exception>
    /// <exception cref="ArrowFormatException">The file is cut or damaged.</exception>
    public async ValueTask<Batch> ReadAsync(int index, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)batchBlocks.Length, nameof(index));
        if (!dictionariesRead)
        {
            foreach (var block in dictionaryBlocks)
            {
                if (await ReadBlockAsync(block, cancellationToken).ConfigureAwait(false) is not null)
                {
                    throw new ArrowFormatException("Damaged Arrow file: a batch where a dictionary should be.");
                }
            }
            dictionariesRead = true;
        }
        return await ReadBlockAsync(batchBlocks[index], cancellationToken).ConfigureAwait(false)
            ?? throw new ArrowFormatException("Damaged Arrow file: a dictionary where a batch should be.");
    }

    private async ValueTask<Batch?> ReadBlockAsync(ArrowFileBlock block, CancellationToken cancellationToken)
    {
        if (block.Offset < HeadLength || block.Offset > stream.Length)
        {
            throw new ArrowFormatException("Damaged Arrow file: a block lies outside the file.");
        }
        stream.Position = block.Offset;
        if (!await messages.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new ArrowFormatException("Damaged Arrow file: a block holds no message.");
        }
        return await batches.ReadMessageAsync(replacing: false, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<ArrowFileFooter> ReadFooterAsync(Stream stream, IpcMessageSource messages, CancellationToken cancellationToken)
    {
        var end = stream.Length - TailLength;
        if (end < HeadLength)
        {
            throw NoFile();
        }
        var ends = new byte[Math.Max(HeadLength, TailLength)];
        stream.Position = 0;
        await stream.ReadExactlyAsync(ends.AsMemory(0, HeadLength), cancellationToken).ConfigureAwait(false);
        if (!ends.AsSpan().StartsWith(Magic))
        {
            throw NoFile();
        }
        stream.Position = end;
        await stream.ReadExactlyAsync(ends.AsMemory(0, TailLength), cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(ends);
        if (!ends.AsSpan(4, 6).SequenceEqual(Magic) || length <= 0 || length > end - HeadLength)
        {
            throw NoFile();
        }
        stream.Position = end - length;
        using var footer = await messages.ReadBodyAsync(length, cancellationToken).ConfigureAwait(false);
        return ArrowFileFooter.Read(footer.Span[..length]);
    }

    private static ArrowFormatException NoFile() => new("The bytes are no Arrow file: it begins and ends with ARROW1.");

    /// <summary>Gives the memory back.</summary>
    public ValueTask DisposeAsync()
    {
        batches.Dispose();
        messages.Dispose();
        return leaveOpen ? ValueTask.CompletedTask : stream.DisposeAsync();
    }
}
