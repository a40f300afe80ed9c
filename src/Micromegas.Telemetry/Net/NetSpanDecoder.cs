using Micromegas.Columnar;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>
/// Decodes chains of native <c>net</c> blocks into rows of <c>net_spans</c> (spec/data-lake.md §5.9): a span may begin in one block and end in another.
/// A block that is dropped takes the meaning of its chain along. Not thread-safe: one a worker.
/// </summary>
public sealed class NetSpanDecoder : EventDecoder<NetSpan>
{
    private readonly TransitBlock block = new();
    private readonly ByteInterner texts = new();
    private readonly Stack<OpenSpan> open = new();
    private readonly int noText;
    private LayoutShapes<Shape> shapes;

    // By dependency: the number of its text, plus one.
    private DependencyMap<int> textOf;
    private OpenSpan bottom;
    private TickConverter clock;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public NetSpanDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
        : base(maxLength)
    {
        noText = texts.Intern(default);
    }

    private enum Form : byte
    {
        Unknown,
        Value,
        DynamicWithoutReader,
        Begin,
        End,
        Property,
    }

    /// <summary>UTF-8 of a text that rows refer to.</summary>
    public ReadOnlySpan<byte> Text(int text) => texts[text];

    /// <summary>Starts a chain: spans that are still open are forgotten (spec/data-lake.md §5.9 rule 5).</summary>
    /// <param name="converter">Clock of the process, with its frequency.</param>
    public void StartChain(TickConverter converter)
    {
        clock = converter;
        open.Clear();
        bottom = default;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        block.Dispose();
        texts.Dispose();
    }

    private protected override bool Read<TSink>(in BlockSource source, ref TSink sink, ref int events, ref int rows)
    {
        if (source.Stream.Format != StreamFormats.Transit)
        {
            return false;
        }

        block.Load(source, MaxLength);
        shapes.Bind(block.ObjectLayouts, Bind);
        textOf.Reset(block.Dependencies.Count);
        ReadOnlySpan<byte> data = block.Objects;
        long id = source.Row.ObjectOffset;
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
                case Form.Begin:
                    Push(shape, data, walk.Start, id);
                    break;
                case Form.End or Form.Property:
                    if (Close(shape, data, walk.Start, id, out NetSpan row))
                    {
                        sink.Add(row);
                        rows++;
                    }

                    break;
                case Form.DynamicWithoutReader:
                    throw new CorruptDataException($"'{shape.Layout.Name}' has no members", walk.Start);
                case Form.Unknown:
                    Warnings.Add($"unknown net event '{shape.Layout.Name}'");
                    break;
            }

            id = unchecked(id + 1);
        }

        return true;
    }

    private void Push(in Shape shape, ReadOnlySpan<byte> data, int start, long id)
    {
        OpenSpan span = new()
        {
            Id = id,
            Parent = -1,
            Kind = shape.Kind,
            Name = ReadText(shape, data, start),
            Begin = ReadTime(shape, data, start),
            Connection = open.Count > 0 ? bottom.Connection : noText,
            IsOutgoing = open.Count > 0 && bottom.IsOutgoing,
        };
        if (shape.Kind == NetSpanKind.Connection)
        {
            // The outermost kind, whatever is open.
            span.Connection = span.Name;
            span.IsOutgoing = TransitBlock.ReadUInt32(data, start, shape.IsOutgoing) != 0;
        }
        else if (open.TryPeek(out OpenSpan parent))
        {
            span.Parent = parent.Id;
            span.Depth = parent.Depth + 1;
        }

        if (open.Count == 0)
        {
            bottom = span;
            if (shape.Kind != NetSpanKind.Connection)
            {
                bottom.Connection = noText;
            }
        }

        open.Push(span);
    }

    private bool Close(in Shape shape, ReadOnlySpan<byte> data, int start, long id, out NetSpan row)
    {
        long time = ReadTime(shape, data, start);
        uint bits = TransitBlock.ReadUInt32(data, start, shape.BitSize);
        OpenSpan span;
        if (shape.Form == Form.Property)
        {
            bool isInside = open.TryPeek(out OpenSpan parent);
            span = new OpenSpan
            {
                Id = id,
                Parent = isInside ? parent.Id : -1,
                Depth = isInside ? parent.Depth + 1 : 0,
                Kind = NetSpanKind.Property,
                Name = ReadText(shape, data, start),
                Begin = time,
                Connection = noText,
            };
        }
        else if (!open.TryPeek(out span) || span.Kind != shape.Kind)
        {
            row = default;
            return false;
        }
        else
        {
            open.Pop();
        }

        long before = 0;
        if (open.TryPop(out OpenSpan around))
        {
            before = around.Consumed;
            around.Consumed += bits;
            open.Push(around);
            span.Connection = bottom.Connection;
            span.IsOutgoing = bottom.IsOutgoing;
        }

        row = new NetSpan(
            span.Id, span.Parent, span.Depth, span.Kind, span.Name, span.Connection, span.IsOutgoing, before, bits, span.Begin, time);
        return true;
    }

    private long ReadTime(in Shape shape, ReadOnlySpan<byte> data, int start) =>
        clock.FromAbsolute((long)TransitBlock.ReadUInt64(data, start, shape.Time));

    private int ReadText(in Shape shape, ReadOnlySpan<byte> data, int start)
    {
        int dependency = block.ReadText(data, start, shape.Name);
        ref int known = ref textOf[dependency];
        if (known == 0)
        {
            known = texts.Intern(block.Dependencies.Text(dependency)) + 1;
        }

        return known - 1;
    }

    private static Shape Bind(TypeLayout layout)
    {
        (Form form, NetSpanKind kind, string name) = layout.Name switch
        {
            _ when layout.IsReference && layout.Size != 0 => (Form.Value, default, ""),
            TransitTypes.NetConnectionBeginEvent => (Form.Begin, NetSpanKind.Connection, "connection_name"),
            TransitTypes.NetConnectionEndEvent => (Form.End, NetSpanKind.Connection, ""),
            TransitTypes.NetObjectBeginEvent => (Form.Begin, NetSpanKind.Object, "object_name"),
            TransitTypes.NetObjectEndEvent => (Form.End, NetSpanKind.Object, ""),
            TransitTypes.NetRpcBeginEvent => (Form.Begin, NetSpanKind.Rpc, "function_name"),
            TransitTypes.NetRpcEndEvent => (Form.End, NetSpanKind.Rpc, ""),
            TransitTypes.NetPropertyEvent => (Form.Property, NetSpanKind.Property, "property_name"),
            _ => (Form.Unknown, default, ""),
        };
        return new Shape
        {
            Form = layout.Size == 0 && form != Form.Unknown ? Form.DynamicWithoutReader : form,
            Kind = kind,
            Layout = layout,
            Time = layout.Find("time"),
            Name = layout.Find(name),
            BitSize = layout.Find("bit_size"),
            IsOutgoing = layout.Find("is_outgoing"),
        };
    }

    private struct OpenSpan
    {
        public long Id;
        public long Parent;
        public uint Depth;
        public NetSpanKind Kind;
        public int Name;
        public int Connection;
        public bool IsOutgoing;
        public long Begin;
        public long Consumed;
    }

    private struct Shape
    {
        public Form Form;
        public NetSpanKind Kind;
        public TypeLayout Layout;
        public MemberAccess Time;
        public MemberAccess Name;
        public MemberAccess BitSize;
        public MemberAccess IsOutgoing;
    }
}
