using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Columns and shapes that several views have in common.</summary>
internal static class ViewColumns
{
    public static DataType Tags { get; } = DataType.List(new Field("tag", DataType.Utf8, Nullable: false));

    /// <summary>The leading columns of views whose rows are events of blocks.</summary>
    public static Field[] OfEvents() =>
    [
        Required("process_id", DataType.DictionaryUtf8), Required("stream_id", DataType.DictionaryUtf8), Required("block_id", DataType.DictionaryUtf8),
        Required("insert_time", DataType.LakeTime), Required("exe", DataType.DictionaryUtf8), Required("username", DataType.DictionaryUtf8),
        Required("computer", DataType.DictionaryUtf8), Required("time", DataType.LakeTime),
    ];

    public static Field Required(string name, DataType type) => new(name, type, Nullable: false);

    /// <summary>Upstream's views have no nulls here: no parent is the empty text (spec/lakehouse.md §2.2).</summary>
    public static string OptionalId(Guid? id) => id?.ToString("D") ?? "";

    /// <summary>A view that upstream computes with a query over another; its hash follows from its schema.</summary>
    public static ViewDefinition Aggregated(string name, Schema schema, string minTime, string maxTime) => new()
    {
        Name = name,
        Schema = schema,
        SchemaHash = ArrowSchemaHash.Compute(schema),
        MinTimeColumn = minTime,
        MaxTimeColumn = maxTime,
        HasGlobal = true,
    };
}
