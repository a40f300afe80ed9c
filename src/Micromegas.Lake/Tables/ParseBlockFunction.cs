using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Tables;

/// <summary><c>parse_block(block)</c>: what a block holds, event by event, as JSON (spec/sql.md §1.7).</summary>
internal sealed class ParseBlockFunction(LakeHost lake) : TableFunction("parse_block")
{
    private static readonly RowColumn<ParsedObject>[] s_columns =
    [
        RowColumn.Long<ParsedObject>(ViewColumns.Required("object_index", DataType.Int64), o => o.Index),
        RowColumn.Text<ParsedObject>(ViewColumns.Required("type_name", DataType.Utf8), o => o.Type),
        RowColumn.Bytes<ParsedObject>(ViewColumns.Required("value", DataType.Jsonb), o => o.Value),
    ];

    private static readonly Schema s_schema = new(s_columns.Select(c => c.Field).ToArray());

    public override string Usage => "(block)";

    public override string Summary => "The events of a block as they were sent.";

    public override Schema? Describe(IReadOnlyList<Scalar?> arguments) => arguments.Count == 1 ? s_schema : null;

    public override async ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (arguments.Count != 1 || named.Count != 0)
        {
            throw new EngineException(SqlState.UndefinedFunction, "parse_block takes a block id");
        }
        if (arguments[0].Value is not string text || !Guid.TryParse(text, out Guid id))
        {
            throw SpanArguments.Invalid($"parse_block: '{arguments[0].Value}' is not a valid block id");
        }
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { BlockId = id }, cancellationToken).ConfigureAwait(false);
        TimeRange range = context.Range;
        SourceBlock block = blocks.FirstOrDefault(b =>
            (range.End is not { } end || b.Block.BeginTime <= end) && (range.Begin is not { } begin || b.Block.InsertTime >= begin))
            ?? throw SpanArguments.Invalid($"parse_block: block '{id}' not found in `blocks` for the queried range");
        if (block.Stream.Format is not (StreamFormats.Transit or StreamFormats.OtlpLogs or StreamFormats.OtlpMetrics or StreamFormats.OtlpTraces))
        {
            throw SpanArguments.Invalid(
                $"no decoder for streams.format='{block.Stream.Format}' (known formats: {StreamFormats.Transit}, {StreamFormats.OtlpLogs}, {StreamFormats.OtlpMetrics}, {StreamFormats.OtlpTraces})");
        }
        return new RowTable<ParsedObject>(s_columns, (conditions, ct) => ParseAsync(block, conditions.Context, ct));
    }

    private async ValueTask<IReadOnlyList<ParsedObject>> ParseAsync(SourceBlock block, QueryContext context, CancellationToken ct)
    {
        var payload = new BlockPayload(lake.Store, block);
        byte[] bytes = await payload.FetchAsync(ct).ConfigureAwait(false)
            ?? throw Throw.CorruptBlock(block.Block.BlockId, $"its object '{block.Block.ObjectKey}' is missing");
        Interlocked.Add(ref context.Statistics.BytesRead, bytes.Length);
        Interlocked.Increment(ref context.Statistics.BlocksDecoded);
        return await context.Workers.RunAsync(() => Parse(block, bytes, context), ct).ConfigureAwait(false);
    }

    private List<ParsedObject> Parse(SourceBlock block, byte[] bytes, QueryContext context)
    {
        using var decoder = new BlockObjectDecoder();
        var objects = new ObjectList();
        BlockOutcome outcome = decoder.Decode(BlockDecoder.SourceOf(block, BlockPayload.DescriptionOf(block.Stream), bytes), ref objects);
        if (outcome.Failure is { } failure)
        {
            throw Throw.CorruptBlock(block.Block.BlockId, failure);
        }
        new BlockFailures(Name, lake.Logger, lake.Options.TimeProvider).Warn(block, outcome.Warnings, context);
        return objects.Objects;
    }

    private sealed record ParsedObject(long Index, string Type, byte[] Value);

    private sealed class ObjectList : IEventSink<BlockObject>
    {
        public List<ParsedObject> Objects { get; } = [];

        public void Add(in BlockObject row) => Objects.Add(new ParsedObject(row.Index, row.TypeName, row.Members.ToArray()));
    }
}
