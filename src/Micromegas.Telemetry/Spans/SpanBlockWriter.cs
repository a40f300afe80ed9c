namespace Micromegas.Telemetry;

/// <summary>
/// Encodes begins and ends of spans in the shapes of upstream's Rust client (spec/data-lake.md §5.6). Spans of a thread must be properly nested: an end that does
/// not belong to the span that is open makes readers lose all spans of that time.
/// </summary>
public sealed class SpanBlockWriter : BlockWriter
{
    private const byte BeginThreadSpanEvent = 0;
    private const byte BeginThreadNamedSpanEvent = 2;
    private const byte BeginAsyncSpanEvent = 4;
    private const byte BeginAsyncNamedSpanEvent = 6;
    private const byte SpanRecordType = 0;
    private const byte SpanLocationRecordType = 1;
    private const byte StaticStringType = 2;
    private const uint MaximalDetail = 3;

    private readonly Dictionary<SpanSite, ulong> sites = [];
    private readonly Dictionary<SpanSite, ulong> locations = [];

    /// <summary>Makes a writer for one block after the other.</summary>
    public SpanBlockWriter()
        : base(new DependencyWriter(StaticStringType))
    {
    }

    /// <summary>The streams' <c>dependencies_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> DependenciesMetadata { get; } = RustClientTypes.Encode(RustClientTypes.SpanDependencies);

    /// <summary>The streams' <c>objects_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> ObjectsMetadata { get; } = RustClientTypes.Encode(RustClientTypes.SpanObjects);

    /// <summary>Begins or ends a span of the stream's thread.</summary>
    /// <param name="ticks">Absolute ticks of the process's counter.</param>
    /// <param name="isBegin">Begin or end; both name the same site.</param>
    /// <param name="site">Where it is; few distinct ones.</param>
    public void AddThreadSpan(long ticks, bool isBegin, in SpanSite site)
    {
        ulong record = Site(site);
        Objects.BeginFixed(Type(BeginThreadSpanEvent, isBegin));
        Objects.WriteUInt64(record);
        Objects.WriteInt64(ticks);
        Count++;
    }

    /// <summary>The same for a span whose name is made at run time.</summary>
    public void AddNamedThreadSpan(long ticks, bool isBegin, in SpanSite site)
    {
        ulong record = Location(site);
        StringHandle name = Dependencies.Text(site.Name);
        Objects.BeginFixed(Type(BeginThreadNamedSpanEvent, isBegin));
        Objects.WriteUInt64(record);
        Objects.WriteHandle(name, 0);
        Objects.WriteInt64(ticks);
        Count++;
    }

    /// <summary>Begins or ends an asynchronous span.</summary>
    /// <param name="ticks">Absolute ticks of the process's counter.</param>
    /// <param name="isBegin">Begin or end; both have the same number.</param>
    /// <param name="site">Where it is; few distinct ones.</param>
    /// <param name="spanId">Its number in the process, from 1.</param>
    /// <param name="parentId">The number of the span that it belongs to, 0 for none.</param>
    /// <param name="depth">How many spans are around it.</param>
    public void AddAsyncSpan(long ticks, bool isBegin, in SpanSite site, ulong spanId, ulong parentId, uint depth)
    {
        ulong record = Site(site);
        Objects.BeginFixed(Type(BeginAsyncSpanEvent, isBegin));
        Objects.WriteUInt64(record);
        WriteAsync(ticks, spanId, parentId, depth);
    }

    /// <summary>The same for a span whose name is made at run time.</summary>
    public void AddNamedAsyncSpan(long ticks, bool isBegin, in SpanSite site, ulong spanId, ulong parentId, uint depth)
    {
        ulong record = Location(site);
        StringHandle name = Dependencies.Text(site.Name);
        Objects.BeginFixed(Type(BeginAsyncNamedSpanEvent, isBegin));
        Objects.WriteUInt64(record);
        Objects.WriteHandle(name, 0);
        WriteAsync(ticks, spanId, parentId, depth);
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        sites.Clear();
        locations.Clear();
    }

    // Ends follow begins in the type list.
    private static byte Type(byte begin, bool isBegin) => isBegin ? begin : (byte)(begin + 1);

    private void WriteAsync(long ticks, ulong spanId, ulong parentId, uint depth)
    {
        Objects.WriteUInt64(spanId);
        Objects.WriteUInt64(parentId);
        Objects.WriteInt64(ticks);
        Objects.WriteUInt32(depth);
        Objects.WriteUInt32(0);
        Count++;
    }

    private ulong Site(in SpanSite site)
    {
        if (!sites.TryGetValue(site, out ulong id))
        {
            StringHandle name = Dependencies.Text(site.Name);
            StringHandle target = Dependencies.Text(site.Target);
            StringHandle file = Dependencies.Text(site.File);
            id = Dependencies.NewId();
            TransitQueue queue = Dependencies.Queue;
            queue.BeginFixed(SpanRecordType);
            queue.WriteUInt64(id);
            queue.WriteUInt64(name.Id);
            WritePlace(queue, target, file, site.Line);
            sites.Add(site, id);
        }

        return id;
    }

    private ulong Location(in SpanSite site)
    {
        SpanSite place = site with { Name = "" };
        if (!locations.TryGetValue(place, out ulong id))
        {
            StringHandle target = Dependencies.Text(site.Target);
            StringHandle file = Dependencies.Text(site.File);
            id = Dependencies.NewId();
            TransitQueue queue = Dependencies.Queue;
            queue.BeginFixed(SpanLocationRecordType);
            queue.WriteUInt64(id);
            WritePlace(queue, target, file, site.Line);
            locations.Add(place, id);
        }

        return id;
    }

    private static void WritePlace(TransitQueue queue, StringHandle target, StringHandle file, int line)
    {
        queue.WriteUInt64(target.Id);
        queue.WriteUInt64(target.Id);
        queue.WriteUInt64(file.Id);
        queue.WriteUInt32((uint)line);
        queue.WriteUInt32(MaximalDetail);
    }
}
