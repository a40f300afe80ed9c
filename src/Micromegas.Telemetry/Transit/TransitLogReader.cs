using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the events of a native log block into rows (spec/data-lake.md §5.4).</summary>
internal sealed class TransitLogReader : IDisposable
{
    private const int FirstDependencyKey = 1;

    private readonly TransitBlock block = new();
    private readonly BlockWarnings warnings;
    private LayoutShapes<Shape> shapes;
    private DependencyMap<CallSite> callSites;
    private DependencyMap<Overrides> overrides;

    public TransitLogReader(BlockWarnings warnings)
    {
        this.warnings = warnings;
    }

    private enum Form
    {
        Unknown,
        Value,
        StaticString,
        CallSiteString,
        InteropString,
        TaggedInterop,
        TaggedCallSite,
        DynamicWithoutReader,
        LegacyCallSiteTail,
        CallSiteDynString,
        LegacyInteropTail,
        InteropDynString,
        TaggedInteropDynString,
        TaggedCallSiteDynString,
        Image,
    }

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource source, ref TSink sink, int maxLength, ref int events, ref int rows)
        where TSink : IEventSink<LogEvent>
    {
        block.Load(source, maxLength);
        TickConverter clock = TickConverter.Of(source);

        TypeLayout[] layouts = block.ObjectLayouts;
        shapes.Bind(layouts, layout => Bind(layout, layouts));
        callSites.Reset(block.Dependencies.Count);
        overrides.Reset(block.Dependencies.Count);
        ReadOnlySpan<byte> data = block.Objects;
        RecordWalk walk = new(layouts, data);
        while (walk.MoveNext())
        {
            events++;
            ref Shape shape = ref shapes[walk.Type];
            if (shape.Layout.Size != 0)
            {
                block.Dependencies.CheckReferences(shape.Layout, data, walk.Start);
            }

            if (ReadEvent(shape, data, walk.Start, walk.Length, out Row row))
            {
                Emit(row, clock, data, ref sink);
                rows++;
            }
        }
    }

    public void Dispose() => block.Dispose();

    private static Shape Bind(TypeLayout layout, TypeLayout[] layouts)
    {
        bool isDynamic = layout.Size == 0;
        Form form = layout.Name switch
        {
            _ when layout.IsReference && !isDynamic => Form.Value,
            TransitTypes.LogStaticStrEvent => isDynamic ? Form.DynamicWithoutReader : Form.StaticString,
            TransitTypes.LogStringEvent => isDynamic ? Form.LegacyCallSiteTail : Form.CallSiteString,
            TransitTypes.LogStringEventV2 => isDynamic ? Form.CallSiteDynString : Form.CallSiteString,
            TransitTypes.LogStaticStrInteropEvent => isDynamic ? Form.DynamicWithoutReader : Form.InteropString,
            TransitTypes.LogStringInteropEventV2 => isDynamic ? Form.LegacyInteropTail : Form.InteropString,
            TransitTypes.LogStringInteropEventV3 => isDynamic ? Form.InteropDynString : Form.InteropString,
            TransitTypes.TaggedLogInteropEvent => isDynamic ? Form.TaggedInteropDynString : Form.TaggedInterop,
            TransitTypes.TaggedLogString => isDynamic ? Form.TaggedCallSiteDynString : Form.TaggedCallSite,
            TransitTypes.ImageEvent when isDynamic => Form.Image,
            _ => Form.Unknown,
        };
        string? handle = form switch
        {
            Form.LegacyInteropTail => TransitTypes.StringId,
            Form.InteropDynString or Form.TaggedInteropDynString => TransitTypes.StaticStringRef,
            _ => null,
        };
        return new Shape
        {
            Form = form,
            Layout = layout,
            Description = layout.Find("desc"),
            Time = layout.Find("time"),
            Level = layout.Find("level"),
            Target = layout.Find("target"),
            Message = layout.Find("msg"),
            Properties = layout.Find("properties"),
            Handle = handle is null ? null : layouts.FirstOrDefault(candidate => candidate.Name == handle),
        };
    }

    private bool ReadEvent(in Shape shape, ReadOnlySpan<byte> data, int start, int length, out Row row)
    {
        row = default;
        InstanceCursor cursor = new(data, start, start + length);
        block.Scratch.Clear();
        switch (shape.Form)
        {
            case Form.StaticString:
                row.Time = TransitBlock.ReadUInt64(data, start, shape.Time);
                row.MessageDependency = FromCallSite(block.ReadReference(data, start, shape.Description), ref row, withText: true);
                return true;
            case Form.CallSiteString:
                row.Time = TransitBlock.ReadUInt64(data, start, shape.Time);
                row.MessageDependency = block.ReadText(data, start, shape.Message);
                FromCallSite(block.ReadReference(data, start, shape.Description), ref row, withText: false);
                return true;
            case Form.InteropString or Form.TaggedInterop:
                row.Time = TransitBlock.ReadUInt64(data, start, shape.Time);
                row.Level = (int)TransitBlock.ReadUInt32(data, start, shape.Level);
                row.TargetDependency = block.ReadText(data, start, shape.Target);
                row.MessageDependency = block.ReadText(data, start, shape.Message);
                row.PropertiesDependency = shape.Form == Form.TaggedInterop ? block.ReadPropertySet(data, start, shape.Properties) : -1;
                return true;
            case Form.TaggedCallSite:
                row.Time = TransitBlock.ReadUInt64(data, start, shape.Time);
                row.MessageDependency = block.ReadText(data, start, shape.Message);
                FromCallSite(block.ReadReference(data, start, shape.Description), ref row, withText: false);
                Override(block.ReadPropertySet(data, start, shape.Properties), ref row);
                return true;
            case Form.LegacyCallSiteTail or Form.CallSiteDynString:
                int description = block.Dependencies.Find(cursor.ReadUInt64(), start);
                row.Time = cursor.ReadUInt64();
                ReadMessage(ref row, ref cursor, shape.Form == Form.LegacyCallSiteTail);
                FromCallSite(description, ref row, withText: false);
                return true;
            case Form.LegacyInteropTail or Form.InteropDynString:
                row.Time = cursor.ReadUInt64();
                row.Level = shape.Form == Form.LegacyInteropTail ? (int)cursor.ReadUInt32() : cursor.ReadByte();
                row.TargetDependency = ReadHandle(shape, ref cursor, data);
                row.PropertiesDependency = -1;
                ReadMessage(ref row, ref cursor, shape.Form == Form.LegacyInteropTail);
                return true;
            case Form.TaggedInteropDynString:
                row.Time = cursor.ReadUInt64();
                row.Level = cursor.ReadByte();
                row.TargetDependency = ReadHandle(shape, ref cursor, data);
                row.PropertiesDependency = block.CheckPropertySet(block.Dependencies.Find(cursor.ReadUInt64(), cursor.Position - 8), start);
                ReadMessage(ref row, ref cursor, tail: false);
                return true;
            case Form.TaggedCallSiteDynString:
                description = block.Dependencies.Find(cursor.ReadUInt64(), start);
                int properties = block.Dependencies.Find(cursor.ReadUInt64(), start + 8);
                row.Time = cursor.ReadUInt64();
                ReadMessage(ref row, ref cursor, tail: false);
                FromCallSite(description, ref row, withText: false);
                Override(block.CheckPropertySet(properties, start), ref row);
                return true;
            case Form.Image:
                cursor.ReadUInt64();
                cursor.ReadText(block.Scratch);
                cursor.ReadText(block.Scratch);
                cursor.ReadBlob();
                break;
            case Form.DynamicWithoutReader:
                throw new CorruptDataException($"'{shape.Layout.Name}' has no members", start);
            case Form.Value:
                // A bare reference is no event, yet it counts as one.
                return false;
        }

        warnings.Add($"unknown log event '{shape.Layout.Name}'");
        return false;
    }

    private void ReadMessage(ref Row row, ref InstanceCursor cursor, bool tail)
    {
        ReadOnlySpan<byte> text = tail ? cursor.ReadTail() : cursor.ReadText(block.Scratch);
        row.MessageDependency = -1;
        row.MessageInScratch = block.Scratch.Length > 0;
        row.MessageStart = row.MessageInScratch ? 0 : cursor.Position - text.Length;
        row.MessageLength = text.Length;
    }

    private int ReadHandle(in Shape shape, ref InstanceCursor cursor, ReadOnlySpan<byte> data)
    {
        TypeLayout handle = shape.Handle
            ?? throw new CorruptDataException($"The string handle of '{shape.Layout.Name}' is missing in the stream's metadata", cursor.Position);
        if (handle.Size > (ulong)cursor.Remaining || handle.Size == 0)
        {
            throw new CorruptDataException($"'{shape.Layout.Name}' is cut", cursor.Position);
        }

        int image = cursor.Skip((int)handle.Size);
        block.Dependencies.CheckReferences(handle, data, image);
        return block.Dependencies.TextMember(handle.Referenced, data, image);
    }

    // Fills level and target from a call-site record and returns its text if asked for.
    private int FromCallSite(int description, ref Row row, bool withText)
    {
        ref CallSite site = ref callSites[description];
        if (!site.IsResolved)
        {
            site = new CallSite((int)block.NumberOf(description, "level"), block.TextOf(description, "target"), -1, true);
        }

        if (withText && site.Text < 0)
        {
            site = site with { Text = block.TextOf(description, "fmt_str") };
        }

        row.Level = site.Level;
        row.TargetDependency = site.Target;
        row.PropertiesDependency = -1;
        return site.Text;
    }

    private void Override(int set, ref Row row)
    {
        ref Overrides found = ref overrides[set];
        if (!found.IsResolved)
        {
            found = Resolve(block.Dependencies[set]);
        }

        row.PropertiesDependency = set;
        row.Level = found.Level != 0 ? found.Level : row.Level;
        row.TargetDependency = found.Target >= 0 ? found.Target : row.TargetDependency;
    }

    private Overrides Resolve(Dependency set)
    {
        int level = 0;
        int target = -1;
        for (int pair = set.Start; pair < set.Start + set.Length; pair++)
        {
            (int name, int value) = block.Dependencies.Property(pair);
            ReadOnlySpan<byte> nameText = block.Dependencies.Text(name);
            if (nameText.SequenceEqual("target"u8))
            {
                target = value;
            }
            else if (nameText.SequenceEqual("level"u8))
            {
                level = ParseLevel(block.Dependencies.Text(value));
            }
        }

        return new Overrides(level, target, true);
    }

    private static int ParseLevel(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("fatal"u8) => 1,
        _ when word.SequenceEqual("error"u8) => 2,
        _ when word.SequenceEqual("warning"u8) => 3,
        _ when word.SequenceEqual("info"u8) => 4,
        _ when word.SequenceEqual("debug"u8) => 5,
        _ when word.SequenceEqual("trace"u8) => 6,
        _ => throw new CorruptDataException("A log entry overrides its level with an unknown word"),
    };

    private void Emit<TSink>(in Row row, TickConverter clock, ReadOnlySpan<byte> data, ref TSink sink)
        where TSink : IEventSink<LogEvent>
    {
        ReadOnlySpan<byte> message = row.MessageDependency >= 0 ? block.Dependencies.Text(row.MessageDependency)
            : row.MessageInScratch ? block.Scratch.WrittenSpan[..row.MessageLength]
            : data.Slice(row.MessageStart, row.MessageLength);
        bool hasProperties = row.PropertiesDependency >= 0;
        sink.Add(new LogEvent
        {
            Time = clock.FromAbsolute((long)row.Time),
            Level = row.Level,
            Target = block.Dependencies.Text(row.TargetDependency),
            TargetKey = row.TargetDependency + FirstDependencyKey,
            Message = message,
            MessageKey = row.MessageDependency >= 0 ? row.MessageDependency + FirstDependencyKey : -1,
            Properties = hasProperties ? block.PropertySets.Get(block.Dependencies, row.PropertiesDependency) : PropertySets.Empty,
            PropertiesKey = hasProperties ? row.PropertiesDependency + FirstDependencyKey : 0,
        });
    }

    private struct Shape
    {
        public Form Form;
        public TypeLayout Layout;
        public MemberAccess Description;
        public MemberAccess Time;
        public MemberAccess Level;
        public MemberAccess Target;
        public MemberAccess Message;
        public MemberAccess Properties;
        public TypeLayout? Handle;
    }

    private struct Row
    {
        public ulong Time;
        public int Level;
        public int TargetDependency;
        public int MessageDependency;
        public int MessageStart;
        public int MessageLength;
        public bool MessageInScratch;
        public int PropertiesDependency;
    }

    private readonly record struct CallSite(int Level, int Target, int Text, bool IsResolved);

    private readonly record struct Overrides(int Level, int Target, bool IsResolved);
}
