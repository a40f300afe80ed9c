namespace Micromegas.Telemetry;

/// <summary>Encodes log entries in the shapes of upstream's Rust client (spec/data-lake.md §5.2).</summary>
public sealed class LogBlockWriter : BlockWriter
{
    private const byte LogStaticStrEvent = 0;
    private const byte LogStringEventV2 = 1;
    private const byte LogStaticStrInteropEvent = 2;
    private const byte LogStringInteropEventV3 = 3;
    private const byte TaggedLogString = 4;
    private const byte TaggedLogInteropEvent = 7;
    private const byte MetadataType = 2;

    private readonly Dictionary<(int Level, string Target, string Text), ulong> callSites = [];

    /// <summary>The streams' <c>dependencies_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> DependenciesMetadata { get; } = RustClientTypes.Encode(RustClientTypes.LogDependencies);

    /// <summary>The streams' <c>objects_metadata</c>: the Rust client's list and the one Unreal type that <see cref="Add"/> may need.</summary>
    public static ReadOnlyMemory<byte> ObjectsMetadata { get; } = RustClientTypes.Encode(
        [.. RustClientTypes.LogObjects, new TypeDescription(TransitTypes.TaggedLogInteropEvent, 0, [], false)]);

    /// <summary>Adds a log entry.</summary>
    /// <param name="ticks">Absolute ticks of the process's counter.</param>
    /// <param name="level">1 Fatal, 2 Error, 3 Warn, 4 Info, 5 Debug, 6 Trace.</param>
    /// <param name="target">Where it comes from, such as a logger's name; few distinct values.</param>
    /// <param name="message">The text.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not 1 to 6.</exception>
    public void Add(long ticks, int level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        CheckLevel(level);
        if (properties is null || properties.Count == 0)
        {
            AddInterop(ticks, level, target, message);
        }
        else if (properties.Any(property => property.Key is "target" or "level"))
        {
            AddTaggedInterop(ticks, level, target, message, properties);
        }
        else
        {
            AddTagged(ticks, level, target, message, properties);
        }
    }

    /// <summary>Adds a log entry whose text is one of few constants: it is stored once a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not 1 to 6.</exception>
    public void AddConstant(long ticks, int level, string target, string message)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(message);
        CheckLevel(level);
        ulong site = CallSite(level, target, message);
        Objects.BeginFixed(LogStaticStrEvent);
        Objects.WriteUInt64(site);
        Objects.WriteInt64(ticks);
        Count++;
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        callSites.Clear();
    }

    internal void AddCallSiteString(long ticks, int level, string target, ReadOnlySpan<char> message)
    {
        ulong site = CallSite(level, target, "");
        Objects.BeginDynamic(LogStringEventV2);
        Objects.WriteUInt64(site);
        Objects.WriteInt64(ticks);
        Objects.WriteText(message);
        Objects.EndDynamic();
        Count++;
    }

    internal void AddConstantInterop(long ticks, int level, string target, string message)
    {
        StringHandle targetHandle = Dependencies.Text(target);
        StringHandle messageHandle = Dependencies.Text(message);
        Objects.BeginFixed(LogStaticStrInteropEvent);
        Objects.WriteHandle(targetHandle, 0);
        Objects.WriteHandle(messageHandle, 0);
        Objects.WriteInt64(ticks);
        Objects.WriteUInt32((uint)level);
        Objects.WriteUInt32(0);
        Count++;
    }

    internal void AddInterop(long ticks, int level, string target, ReadOnlySpan<char> message)
    {
        StringHandle handle = Dependencies.Text(target);
        Objects.BeginDynamic(LogStringInteropEventV3);
        Objects.WriteInt64(ticks);
        Objects.WriteByte((byte)level);
        Objects.WriteHandle(handle, TransitText.Utf8Codec);
        Objects.WriteText(message);
        Objects.EndDynamic();
        Count++;
    }

    internal void AddTagged(long ticks, int level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>> properties)
    {
        ulong site = CallSite(level, target, "");
        ulong set = Dependencies.PropertySet(properties);
        Objects.BeginDynamic(TaggedLogString);
        Objects.WriteUInt64(site);
        Objects.WriteUInt64(set);
        Objects.WriteInt64(ticks);
        Objects.WriteText(message);
        Objects.EndDynamic();
        Count++;
    }

    // Properties "target" and "level" of a TaggedLogString override the entry's own, and a level of another word loses the whole block.
    // This type carries any properties without overriding.
    private void AddTaggedInterop(
        long ticks, int level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>> properties)
    {
        StringHandle handle = Dependencies.Text(target);
        ulong set = Dependencies.PropertySet(properties);
        Objects.BeginDynamic(TaggedLogInteropEvent);
        Objects.WriteInt64(ticks);
        Objects.WriteByte((byte)level);
        Objects.WriteHandle(handle, TransitText.Utf8Codec);
        Objects.WriteUInt64(set);
        Objects.WriteText(message);
        Objects.EndDynamic();
        Count++;
    }

    private ulong CallSite(int level, string target, string text)
    {
        if (!callSites.TryGetValue((level, target, text), out ulong id))
        {
            StringHandle textHandle = Dependencies.Text(text);
            StringHandle targetHandle = Dependencies.Text(target);
            StringHandle file = Dependencies.Text("");
            id = Dependencies.NewId();
            TransitQueue queue = Dependencies.Queue;
            queue.BeginFixed(MetadataType);
            queue.WriteUInt64(id);
            queue.WriteUInt64(textHandle.Id);
            queue.WriteUInt64(targetHandle.Id);
            queue.WriteUInt64(targetHandle.Id);
            queue.WriteUInt64(file.Id);
            queue.WriteUInt32(0);
            queue.WriteUInt32((uint)level);
            callSites.Add((level, target, text), id);
        }

        return id;
    }

    private static void CheckLevel(int level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, 6);
    }
}
