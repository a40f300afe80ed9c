namespace Micromegas.Telemetry;

/// <summary>Encodes measures in the shapes of upstream's Rust client (spec/data-lake.md §5.5).</summary>
/// <remarks>By the rules of the format, properties called <c>name</c>, <c>unit</c> and <c>target</c> replace what the measure says itself.</remarks>
public sealed class MetricBlockWriter : BlockWriter
{
    private const byte IntegerMetricEvent = 0;
    private const byte FloatMetricEvent = 1;
    private const byte TaggedFloatMetricEvent = 2;
    private const byte TaggedIntegerMetricEvent = 3;
    private const byte MetadataType = 2;
    private const uint MaximalDetail = 3;

    private readonly Dictionary<(string Target, string Name, string Unit), ulong> descriptors = [];

    /// <summary>The streams' <c>dependencies_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> DependenciesMetadata { get; } = RustClientTypes.Encode(RustClientTypes.MetricDependencies);

    /// <summary>The streams' <c>objects_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> ObjectsMetadata { get; } = RustClientTypes.Encode(RustClientTypes.MetricObjects);

    /// <summary>Adds an integer measure. In the unit <c>ticks</c> it is read as seconds.</summary>
    /// <param name="ticks">Absolute ticks of the process's counter.</param>
    /// <param name="target">Where it comes from.</param>
    /// <param name="name">What is measured.</param>
    /// <param name="unit">Its unit, may be empty.</param>
    /// <param name="value">The value; readers see the nearest double.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    public void AddInteger(
        long ticks, string target, string name, string unit, ulong value, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        Begin(IntegerMetricEvent, TaggedIntegerMetricEvent, target, name, unit, properties);
        Objects.WriteUInt64(value);
        Objects.WriteInt64(ticks);
    }

    /// <summary>Adds a floating-point measure; parameters as in <see cref="AddInteger"/>.</summary>
    public void AddFloat(
        long ticks, string target, string name, string unit, double value, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        Begin(FloatMetricEvent, TaggedFloatMetricEvent, target, name, unit, properties);
        Objects.WriteDouble(value);
        Objects.WriteInt64(ticks);
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        descriptors.Clear();
    }

    private void Begin(
        byte plainType, byte taggedType, string target, string name, string unit, IReadOnlyCollection<KeyValuePair<string, string>>? properties)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(unit);
        ulong descriptor = Descriptor(target, name, unit);
        if (properties is null || properties.Count == 0)
        {
            Objects.BeginFixed(plainType);
            Objects.WriteUInt64(descriptor);
        }
        else
        {
            ulong set = Dependencies.PropertySet(properties);
            Objects.BeginFixed(taggedType);
            Objects.WriteUInt64(descriptor);
            Objects.WriteUInt64(set);
        }

        Count++;
    }

    private ulong Descriptor(string target, string name, string unit)
    {
        if (!descriptors.TryGetValue((target, name, unit), out ulong id))
        {
            StringHandle nameHandle = Dependencies.Text(name);
            StringHandle unitHandle = Dependencies.Text(unit);
            StringHandle targetHandle = Dependencies.Text(target);
            StringHandle file = Dependencies.Text("");
            id = Dependencies.NewId();
            TransitQueue queue = Dependencies.Queue;
            queue.BeginFixed(MetadataType);
            queue.WriteUInt64(id);
            queue.WriteUInt64(nameHandle.Id);
            queue.WriteUInt64(unitHandle.Id);
            queue.WriteUInt64(targetHandle.Id);
            queue.WriteUInt64(file.Id);
            queue.WriteUInt32(0);
            queue.WriteUInt32(MaximalDetail);
            descriptors.Add((target, name, unit), id);
        }

        return id;
    }
}
