using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>Writes an Arrow IPC file (also called Feather V2) batch by batch. The same rules as for <see cref="ArrowStreamWriter"/> hold. Not thread-safe.</summary>
/// <remarks>Format: Arrow columnar format, "IPC File Format".</remarks>
/// <param name="stream">The target, which need not seek; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
/// <param name="schema">The columns. <c>Jsonb</c> is written as Binary.</param>
/// <param name="options">Codec. The dictionaries of a file always grow.</param>
/// <param name="leaveOpen">Whether the stream outlives the writer.</param>
public sealed class ArrowFileWriter(Stream stream, Schema schema, ArrowWriterOptions? options = null, bool leaveOpen = false)
    : ArrowWriter(stream, schema, options, isFile: true, leaveOpen)
{
    private readonly Schema schema = schema;

    private protected override ValueTask WriteHeadAsync(CancellationToken cancellationToken)
    {
        var head = new byte[ArrowFileReader.HeadLength];
        ArrowFileReader.Magic.CopyTo(head);
        return Output.WriteAsync(head, cancellationToken);
    }

    private protected override async ValueTask WriteTailAsync(CancellationToken cancellationToken)
    {
        var footer = ArrowFileFooter.Write(schema, Sink.DictionaryBlocks, Sink.BatchBlocks);
        await Output.WriteAsync(footer, cancellationToken).ConfigureAwait(false);
        var tail = new byte[ArrowFileReader.TailLength];
        BinaryPrimitives.WriteInt32LittleEndian(tail, footer.Length);
        ArrowFileReader.Magic.CopyTo(tail.AsSpan(4));
        await Output.WriteAsync(tail, cancellationToken).ConfigureAwait(false);
    }
}
