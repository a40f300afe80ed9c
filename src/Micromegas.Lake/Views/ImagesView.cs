using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Screenshots (spec/lakehouse.md §3.12).</summary>
internal static class ImagesView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "images",
        Schema = new Schema((Field[])
        [
            .. ViewColumns.OfEvents(), ViewColumns.Required("name", DataType.Utf8), ViewColumns.Required("format", DataType.DictionaryUtf8), ViewColumns.Required("payload_size", DataType.Int64),
            ViewColumns.Required("data", DataType.Binary),
        ]),
        SchemaHash = [2],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "image",
        Instances = ViewInstanceKind.Process,
        CreateDecoder = projection => new ImagesDecoder(Definition!.Schema, projection),
    };
}
