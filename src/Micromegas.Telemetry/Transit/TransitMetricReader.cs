using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the events of a native metric block into rows (spec/data-lake.md §5.5).</summary>
internal sealed class TransitMetricReader : IDisposable
{
    private const int SecondsKey = 1;
    private const int FirstDependencyKey = 2;

    private readonly TransitBlock block = new();
    private readonly BlockWarnings warnings;
    private LayoutShapes<Shape> shapes;
    private DependencyMap<Descriptor> descriptors;
    private DependencyMap<Descriptor> overrides;

    public TransitMetricReader(BlockWarnings warnings)
    {
        this.warnings = warnings;
    }

    private enum Form
    {
        Unknown,
        Value,
        Integer,
        Float,
        DynamicWithoutReader,
    }

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource source, ref TSink sink, int maxLength, ref int events, ref int rows)
        where TSink : IEventSink<MetricEvent>
    {
        block.Load(source, maxLength);
        TickConverter clock = TickConverter.Of(source);

        shapes.Bind(block.ObjectLayouts, Bind);
        descriptors.Reset(block.Dependencies.Count);
        overrides.Reset(block.Dependencies.Count);
        ReadOnlySpan<byte> data = block.Objects;
        RecordWalk walk = new(block.ObjectLayouts, data);
        while (walk.MoveNext())
        {
            events++;
            ref Shape shape = ref shapes[walk.Type];
            if (shape.Layout.Size != 0)
            {
                block.Dependencies.CheckReferences(shape.Layout, data, walk.Start);
            }

            switch (shape.Form)
            {
                case Form.Integer or Form.Float:
                    ReadEvent(shape, data, walk.Start, clock, ref sink);
                    rows++;
                    break;
                case Form.DynamicWithoutReader:
                    throw new CorruptDataException($"'{shape.Layout.Name}' has no members", walk.Start);
                case Form.Unknown:
                    warnings.Add($"unknown metric event '{shape.Layout.Name}'");
                    break;
            }
        }
    }

    public void Dispose() => block.Dispose();

    private static Shape Bind(TypeLayout layout)
    {
        bool isDynamic = layout.Size == 0;
        Form form = layout.Name switch
        {
            _ when layout.IsReference && !isDynamic => Form.Value,
            TransitTypes.IntegerMetricEvent or TransitTypes.TaggedIntegerMetricEvent => isDynamic ? Form.DynamicWithoutReader : Form.Integer,
            TransitTypes.FloatMetricEvent or TransitTypes.TaggedFloatMetricEvent => isDynamic ? Form.DynamicWithoutReader : Form.Float,
            _ => Form.Unknown,
        };
        return new Shape
        {
            Form = form,
            Layout = layout,
            IsTagged = layout.Name is TransitTypes.TaggedIntegerMetricEvent or TransitTypes.TaggedFloatMetricEvent,
            Description = layout.Find("desc"),
            Properties = layout.Find("properties"),
            Value = layout.Find("value"),
            Time = layout.Find("time"),
        };
    }

    private void ReadEvent<TSink>(in Shape shape, ReadOnlySpan<byte> data, int start, TickConverter clock, ref TSink sink)
        where TSink : IEventSink<MetricEvent>
    {
        Descriptor descriptor = Describe(block.ReadReference(data, start, shape.Description));
        int properties = -1;
        if (shape.IsTagged)
        {
            properties = block.ReadPropertySet(data, start, shape.Properties);
            descriptor = Override(descriptor, properties);
        }

        DependencyTable dependencies = block.Dependencies;
        ReadOnlySpan<byte> unit = dependencies.Text(descriptor.Unit);
        int unitKey = descriptor.Unit + FirstDependencyKey;
        double value;
        if (shape.Form == Form.Float)
        {
            value = TransitBlock.ReadDouble(data, start, shape.Value);
        }
        else
        {
            ulong integer = TransitBlock.ReadUInt64(data, start, shape.Value);
            value = integer;
            if (unit.SequenceEqual("ticks"u8))
            {
                value = clock.Seconds(integer);
                unit = "seconds"u8;
                unitKey = SecondsKey;
            }
        }

        sink.Add(new MetricEvent
        {
            Time = clock.FromAbsolute((long)TransitBlock.ReadUInt64(data, start, shape.Time)),
            Target = dependencies.Text(descriptor.Target),
            TargetKey = descriptor.Target + FirstDependencyKey,
            Name = dependencies.Text(descriptor.Name),
            NameKey = descriptor.Name + FirstDependencyKey,
            Unit = unit,
            UnitKey = unitKey,
            Value = value,
            Properties = properties >= 0 ? block.PropertySets.Get(dependencies, properties) : PropertySets.Empty,
            PropertiesKey = properties >= 0 ? properties + FirstDependencyKey : 0,
        });
    }

    private Descriptor Describe(int index)
    {
        ref Descriptor descriptor = ref descriptors[index];
        if (!descriptor.IsResolved)
        {
            descriptor = new Descriptor(block.TextOf(index, "target"), block.TextOf(index, "name"), block.TextOf(index, "unit"), true);
        }

        return descriptor;
    }

    // Properties called target, name and unit replace what the descriptor says; they stay in the set.
    private Descriptor Override(Descriptor descriptor, int set)
    {
        ref Descriptor found = ref overrides[set];
        if (!found.IsResolved)
        {
            found = Resolve(block.Dependencies[set]);
        }

        return new Descriptor(
            found.Target >= 0 ? found.Target : descriptor.Target,
            found.Name >= 0 ? found.Name : descriptor.Name,
            found.Unit >= 0 ? found.Unit : descriptor.Unit,
            true);
    }

    private Descriptor Resolve(Dependency set)
    {
        int target = -1;
        int name = -1;
        int unit = -1;
        for (int pair = set.Start; pair < set.Start + set.Length; pair++)
        {
            (int key, int value) = block.Dependencies.Property(pair);
            ReadOnlySpan<byte> text = block.Dependencies.Text(key);
            target = text.SequenceEqual("target"u8) ? value : target;
            name = text.SequenceEqual("name"u8) ? value : name;
            unit = text.SequenceEqual("unit"u8) ? value : unit;
        }

        return new Descriptor(target, name, unit, true);
    }

    private struct Shape
    {
        public Form Form;
        public TypeLayout Layout;
        public bool IsTagged;
        public MemberAccess Description;
        public MemberAccess Properties;
        public MemberAccess Value;
        public MemberAccess Time;
    }

    private readonly record struct Descriptor(int Target, int Name, int Unit, bool IsResolved);
}
