using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>Where a message of a file lies: its offset, the bytes of prefix and metadata, the bytes of its body.</summary>
internal readonly record struct ArrowFileBlock(long Offset, int MetadataLength, long BodyLength);

/// <summary>What the end of an Arrow file says: its schema and where its messages lie.</summary>
internal sealed record ArrowFileFooter(IpcField[] Fields, ArrowFileBlock[] Dictionaries, ArrowFileBlock[] Batches)
{
    public static ArrowFileFooter Read(ReadOnlySpan<byte> bytes)
    {
        var footer = FlatBufferTable.Root(bytes);
        ArrowSchemaReader.CheckVersion(footer.Int16(ArrowMetadata.Footer.Version));
        return new ArrowFileFooter(
            ArrowSchemaReader.ReadSchema(footer.Table(ArrowMetadata.Footer.Schema), bytes.Length),
            ReadBlocks(footer.Structs(ArrowMetadata.Footer.Dictionaries, ArrowMetadata.Footer.BlockSize)),
            ReadBlocks(footer.Structs(ArrowMetadata.Footer.RecordBatches, ArrowMetadata.Footer.BlockSize)));
    }

    public static ReadOnlyMemory<byte> Write(Schema schema, List<ArrowFileBlock> dictionaries, List<ArrowFileBlock> batches)
    {
        var writer = new FlatBufferWriter();
        var fields = new ArrowSchemaWriter(writer).WriteTable(schema);
        var dictionaryBlocks = WriteBlocks(writer, dictionaries);
        var batchBlocks = WriteBlocks(writer, batches);
        writer.StartTable(ArrowMetadata.Footer.FieldCount);
        writer.AddReference(ArrowMetadata.Footer.Schema, fields);
        writer.AddReference(ArrowMetadata.Footer.Dictionaries, dictionaryBlocks);
        writer.AddReference(ArrowMetadata.Footer.RecordBatches, batchBlocks);
        writer.AddInt16(ArrowMetadata.Footer.Version, ArrowMetadata.VersionV5);
        return writer.Finish(writer.EndTable());
    }

    private static ArrowFileBlock[] ReadBlocks(ReadOnlySpan<byte> structs)
    {
        var blocks = new ArrowFileBlock[structs.Length / ArrowMetadata.Footer.BlockSize];
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = structs[(i * ArrowMetadata.Footer.BlockSize)..];
            blocks[i] = new ArrowFileBlock(
                BinaryPrimitives.ReadInt64LittleEndian(block), BinaryPrimitives.ReadInt32LittleEndian(block[8..]), BinaryPrimitives.ReadInt64LittleEndian(block[16..]));
        }
        return blocks;
    }

    private static int WriteBlocks(FlatBufferWriter writer, List<ArrowFileBlock> blocks)
    {
        var structs = new byte[blocks.Count * ArrowMetadata.Footer.BlockSize];
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = structs.AsSpan(i * ArrowMetadata.Footer.BlockSize);
            BinaryPrimitives.WriteInt64LittleEndian(block, blocks[i].Offset);
            BinaryPrimitives.WriteInt32LittleEndian(block[8..], blocks[i].MetadataLength);
            BinaryPrimitives.WriteInt64LittleEndian(block[16..], blocks[i].BodyLength);
        }
        return writer.WriteStructs(structs, ArrowMetadata.Footer.BlockSize);
    }
}
