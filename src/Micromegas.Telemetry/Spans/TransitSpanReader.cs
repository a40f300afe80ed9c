using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Reads the begins and ends of spans in native <c>cpu</c> blocks, of Rust and of Unreal clients (spec/data-lake.md §5.6, §5.7).</summary>
internal sealed class TransitSpanReader : IDisposable
{
    private readonly TransitBlock block = new();
    private readonly BlockWarnings warnings;
    private readonly Dictionary<long, int> namedScopes = [];
    private LayoutShapes<Shape> shapes;

    // By dependency: the number of its scope, plus one.
    private DependencyMap<int> scopeOf;

    // The call site that was looked up last, and its scope; 0 when there is none.
    private ulong lastId;
    private int lastScope;

    public TransitSpanReader(BlockWarnings warnings)
    {
        this.warnings = warnings;
    }

    private enum Form : byte
    {
        Unknown,
        Value,
        DynamicWithoutReader,
        Thread,
        Async,
    }

    /// <summary>The scopes that events refer to; they stay from block to block until they are cleared.</summary>
    public SpanScopes Scopes { get; } = new();

    /// <summary>Reads a block; counts in <paramref name="events"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource source, ref TSink sink, int maxLength, ref int events)
        where TSink : struct, ISpanEventSink, allows ref struct
    {
        block.Load(source, maxLength);
        shapes.Bind(block.ObjectLayouts, Bind);
        scopeOf.Reset(block.Dependencies.Count);
        namedScopes.Clear();
        lastId = 0;
        ReadOnlySpan<byte> data = block.Objects;
        long id = source.Row.ObjectOffset;
        RecordWalk walk = new(block.ObjectLayouts, data);
        while (walk.MoveNext())
        {
            events++;
            ref Shape shape = ref shapes[walk.Type];
            if (shape.NeedsCheck)
            {
                block.Dependencies.CheckReferences(shape.Layout, data, walk.Start);
            }

            switch (shape.Form)
            {
                case Form.Thread or Form.Async when shape.IsAsync != TSink.TakesAsync:
                    block.Dependencies.CheckReferences(shape.Layout, data, walk.Start);
                    break;
                case Form.Thread or Form.Async:
                    SpanEvent row = new(
                        shape.IsBegin, id, (long)TransitBlock.ReadUInt64(data, walk.Start, shape.Time), ReadScope(shape, data, walk.Start));
                    AsyncSpanPlace place = TSink.TakesAsync ? ReadPlace(shape, data, walk.Start) : default;
                    if (!sink.Add(row, place))
                    {
                        return;
                    }

                    break;
                case Form.DynamicWithoutReader:
                    throw new CorruptDataException($"'{shape.Layout.Name}' has no members", walk.Start);
                case Form.Unknown:
                    warnings.Add($"unknown span event '{shape.Layout.Name}'");
                    break;
            }

            id = unchecked(id + 1);
        }
    }

    public void Dispose()
    {
        block.Dispose();
        Scopes.Dispose();
    }

    private static Shape Bind(TypeLayout layout)
    {
        (Form form, bool isNamed) = layout.Name switch
        {
            _ when layout.IsReference && layout.Size != 0 => (Form.Value, false),
            TransitTypes.BeginThreadSpanEvent or TransitTypes.EndThreadSpanEvent => (Form.Thread, false),
            TransitTypes.BeginThreadNamedSpanEvent or TransitTypes.EndThreadNamedSpanEvent => (Form.Thread, true),
            TransitTypes.BeginAsyncSpanEvent or TransitTypes.EndAsyncSpanEvent => (Form.Async, false),
            TransitTypes.BeginAsyncNamedSpanEvent or TransitTypes.EndAsyncNamedSpanEvent => (Form.Async, true),
            _ => (Form.Unknown, false),
        };
        bool isAsync = form == Form.Async;
        Shape shape = new()
        {
            Form = layout.Size == 0 && form != Form.Unknown ? Form.DynamicWithoutReader : form,
            Layout = layout,
            IsNamed = isNamed,
            IsAsync = isAsync,
            IsBegin = layout.Name.StartsWith("Begin", StringComparison.Ordinal),
            Time = layout.Find("time"),
            Description = layout.Find((isAsync, isNamed) switch
            {
                (false, false) => "thread_span_desc",
                (false, true) => "thread_span_location",
                (true, false) => "span_desc",
                (true, true) => "span_location",
            }),
            Name = layout.Find("name"),
            SpanId = layout.Find("span_id"),
            ParentId = layout.Find("parent_span_id"),
            Depth = layout.Find("depth"),
        };

        // Reading looks every reference up; where it reads all of them they need no check of their own.
        bool readsAll = form is Form.Thread or Form.Async
            && layout.Fault is null
            && layout.References.Length == (isNamed ? 2 : 1)
            && shape.Description.Form == MemberForm.Reference
            && (!isNamed || (shape.Name.Form == MemberForm.Reference && shape.Name.Offset != shape.Description.Offset));
        shape.NeedsCheck = layout.Size != 0 && !readsAll;
        return shape;
    }

    private static AsyncSpanPlace ReadPlace(in Shape shape, ReadOnlySpan<byte> data, int start) => new(
        (long)TransitBlock.ReadUInt64(data, start, shape.SpanId),
        (long)TransitBlock.ReadUInt64(data, start, shape.ParentId),
        TransitBlock.ReadUInt32(data, start, shape.Depth));

    private int ReadScope(in Shape shape, ReadOnlySpan<byte> data, int start)
    {
        if (shape.IsNamed)
        {
            return NamedScope(block.ReadReference(data, start, shape.Description), block.ReadText(data, start, shape.Name));
        }

        // A span without any inside ends right behind its begin.
        ulong id = TransitBlock.ReadId(data, start, shape.Description);
        if (id == lastId && id != 0)
        {
            return lastScope;
        }

        int description = block.Dependencies.Find(id, start + shape.Description.Offset);
        lastScope = scopeOf[description] is > 0 and int known ? known - 1 : Resolve(description);
        lastId = id;
        return lastScope;
    }

    private int Resolve(int description)
    {
        int scope = Intern(description, block.TextOf(description, "name"));
        scopeOf[description] = scope + 1;
        return scope;
    }

    private int NamedScope(int location, int name)
    {
        long key = ((long)location << 32) | (uint)name;
        if (!namedScopes.TryGetValue(key, out int scope))
        {
            namedScopes.Add(key, scope = Intern(location, name));
        }

        return scope;
    }

    private int Intern(int site, int name)
    {
        DependencyTable dependencies = block.Dependencies;
        return Scopes.Intern(
            dependencies.Text(name),
            dependencies.Text(block.TextOf(site, "file")),
            dependencies.Text(block.TextOf(site, "target")),
            block.NumberOf(site, "line"));
    }

    private struct Shape
    {
        public Form Form;
        public bool IsBegin;
        public bool IsNamed;
        public bool IsAsync;
        public bool NeedsCheck;
        public TypeLayout Layout;
        public MemberAccess Time;
        public MemberAccess Description;
        public MemberAccess Name;
        public MemberAccess SpanId;
        public MemberAccess ParentId;
        public MemberAccess Depth;
    }
}
