using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>
/// The Arrow IPC message that holds a schema: what streams and files begin with and what Parquet files keep under <c>ARROW:schema</c>
/// (there in base64). Format: Arrow columnar format, "Encapsulated message format", metadata version 5.
/// </summary>
public static class ArrowSchemaMessage
{
    /// <summary>
    /// The encapsulated message: continuation marker, length, metadata padded to 8 bytes. <c>Jsonb</c> is written as Binary; dictionary ids
    /// count dictionary fields from 0, depth first.
    /// </summary>
    public static byte[] Write(Schema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var metadata = ArrowSchemaWriter.WriteMessage(schema);
        var padded = (metadata.Length + 7) & ~7;
        var message = new byte[8 + padded];
        BinaryPrimitives.WriteUInt32LittleEndian(message, ArrowMetadata.Continuation);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), padded);
        metadata.CopyTo(message, 8);
        return message;
    }

    /// <summary>Reads an encapsulated message, also in the older form without continuation marker, or the bare metadata.</summary>
    /// <exception cref="ArrowFormatException">The bytes are damaged, or a field's type has no counterpart in <see cref="DataType"/>.</exception>
    public static Schema Read(ReadOnlySpan<byte> message)
    {
        if (message.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(message) == ArrowMetadata.Continuation)
        {
            message = message[8..];
        }
        else if (message.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(message) is var length && length >= message.Length - 8 && length <= message.Length - 4)
        {
            message = message[4..];
        }
        return IpcField.SchemaOf(ArrowSchemaReader.Read(message));
    }
}
