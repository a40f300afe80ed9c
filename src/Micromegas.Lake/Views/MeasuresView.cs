using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Metric values (spec/lakehouse.md §3.7).</summary>
internal static class MeasuresView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "measures",
        Schema = new Schema((Field[])
        [
            .. ViewColumns.OfEvents(), ViewColumns.Required("target", DataType.DictionaryUtf8), ViewColumns.Required("name", DataType.DictionaryUtf8),
            ViewColumns.Required("unit", DataType.DictionaryUtf8), ViewColumns.Required("value", DataType.Float64), ViewColumns.Required("properties", DataType.DictionaryJsonb),
            ViewColumns.Required("process_properties", DataType.DictionaryJsonb),
        ]),
        SchemaHash = [7],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        ClusteredBy = ["process_id", "time"],
        Tag = "metrics",
        Instances = ViewInstanceKind.Process,
        HasGlobal = true,
        CreateDecoder = projection => new MeasuresDecoder(Definition!.Schema, projection),
    };
}
