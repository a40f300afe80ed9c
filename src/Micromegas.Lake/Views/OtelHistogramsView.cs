using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>
/// OpenTelemetry histograms, explicit and exponential, of which upstream makes no rows (spec/lakehouse.md §11.3 W27). The view is ours alone; its hash follows from its
/// schema, so that it differs from any version number upstream may give a view of this name.
/// </summary>
internal static class OtelHistogramsView
{
    private static readonly Schema s_schema = new((Field[])
    [
        .. ViewColumns.OfEvents(), ViewColumns.Required("target", DataType.DictionaryUtf8), ViewColumns.Required("name", DataType.DictionaryUtf8),
        ViewColumns.Required("unit", DataType.DictionaryUtf8), ViewColumns.Required("count", DataType.UInt64),
        new Field("sum", DataType.Float64), new Field("min", DataType.Float64), new Field("max", DataType.Float64),
        ViewColumns.Required("bounds", DataType.List(ViewColumns.Required("bound", DataType.Float64))),
        ViewColumns.Required("counts", DataType.List(ViewColumns.Required("count", DataType.UInt64))),
        ViewColumns.Required("properties", DataType.DictionaryJsonb), ViewColumns.Required("process_properties", DataType.DictionaryJsonb),
    ]);

    public static ViewDefinition Definition { get; } = new()
    {
        Name = "otel_histograms",
        Schema = s_schema,
        SchemaHash = ArrowSchemaHash.Compute(s_schema),
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "metrics",
        Instances = ViewInstanceKind.Process,
        IsBeyondUpstream = true,
        CreateDecoder = projection => new OtelHistogramsDecoder(s_schema, projection),
    };
}
