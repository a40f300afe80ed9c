namespace Micromegas.Columnar;

/// <summary>
/// Writes an Arrow IPC stream batch by batch: the schema first, then each batch after the dictionary values that readers do not know yet. Memory of
/// the vectors is handed to the stream as it lies wherever Arrow lays values out as vectors do. Not thread-safe.
/// </summary>
/// <remarks>Format: Arrow columnar format, "IPC Streaming Format", metadata version 5, little-endian.</remarks>
/// <param name="stream">The target; disposed with the writer unless <paramref name="leaveOpen"/>.</param>
/// <param name="schema">The columns. <c>Jsonb</c> is written as Binary.</param>
/// <param name="options">Codec and dictionaries.</param>
/// <param name="leaveOpen">Whether the stream outlives the writer.</param>
public sealed class ArrowStreamWriter(Stream stream, Schema schema, ArrowWriterOptions? options = null, bool leaveOpen = false)
    : ArrowWriter(stream, schema, options, isFile: false, leaveOpen);
