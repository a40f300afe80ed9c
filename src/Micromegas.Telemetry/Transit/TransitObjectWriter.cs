using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Writes native events with everything they refer to as JSONB objects (spec/data-lake.md §5.11).</summary>
internal sealed class TransitObjectWriter(TransitBlock block) : IDisposable
{
    // Objects may refer to objects that refer to objects …: twice each would double the output with every step.
    private const int MaxNesting = 64;
    private const int MaxValues = 100_000;

    private readonly JsonbBuilder builder = new();
    private int values;

    /// <summary>Writes an event; false when the value is no object.</summary>
    public bool TryWrite(TypeLayout layout, int start, int length, out ReadOnlySpan<byte> members)
    {
        builder.Reset();
        values = 0;
        members = default;
        if (layout.Size != 0)
        {
            block.Dependencies.CheckReferences(layout, block.Objects, start);
            if (layout.IsReference)
            {
                return false;
            }

            WriteObject(layout, block.Objects, start, 0);
        }
        else
        {
            builder.BeginObject();
            WriteText("__type"u8, layout.Name);
            WriteDynamic(layout.Name, new InstanceCursor(block.Objects, start, start + length));
            builder.EndObject();
        }

        members = builder.Finish();
        return true;
    }

    public void Dispose() => builder.Dispose();

    private void WriteObject(TypeLayout layout, ReadOnlySpan<byte> data, int start, int depth)
    {
        builder.BeginObject();
        WriteText("__type"u8, layout.Name);
        foreach ((string name, MemberAccess access) in layout.Members)
        {
            builder.AddKey(Encoding.UTF8.GetBytes(name));
            WriteValue(access, data, start, depth);
        }

        builder.EndObject();
    }

    private void WriteValue(MemberAccess access, ReadOnlySpan<byte> data, int start, int depth)
    {
        if (++values > MaxValues || depth > MaxNesting)
        {
            throw new CorruptDataException("An event refers to too many values", start);
        }

        int position = start + access.Offset;
        switch (access.Form)
        {
            case MemberForm.UInt8:
                builder.AddUInt64(data[position]);
                break;
            case MemberForm.UInt32:
                builder.AddUInt64(BinaryPrimitives.ReadUInt32LittleEndian(data[position..]));
                break;
            case MemberForm.UInt64:
                builder.AddUInt64(BinaryPrimitives.ReadUInt64LittleEndian(data[position..]));
                break;
            case MemberForm.Int64:
                builder.AddInt64(BinaryPrimitives.ReadInt64LittleEndian(data[position..]));
                break;
            case MemberForm.Double:
                builder.AddDouble(BinaryPrimitives.ReadDoubleLittleEndian(data[position..]));
                break;
            case MemberForm.Reference:
                WriteDependency(block.Dependencies.Find(BinaryPrimitives.ReadUInt64LittleEndian(data[position..]), position), depth + 1);
                break;
            default:
                WriteObject(access.Nested!, data, position, depth + 1);
                break;
        }
    }

    private void WriteDependency(int index, int depth)
    {
        Dependency entry = block.Dependencies[index];
        switch (entry.Kind)
        {
            case DependencyKind.Object:
                WriteObject(block.Dependencies.Layouts[entry.Type], block.Dependencies.Buffer, entry.Start, depth);
                break;
            case DependencyKind.PropertySet:
                builder.BeginObject();
                WriteText("__type"u8, "property_set");
                for (int pair = entry.Start; pair < entry.Start + entry.Length; pair++)
                {
                    (int name, int value) = block.Dependencies.Property(pair);
                    builder.AddKey(block.Dependencies.Text(name));
                    builder.AddString(block.Dependencies.Text(value));
                }

                builder.EndObject();
                break;
            default:
                builder.AddString(block.Dependencies.Text(index));
                break;
        }
    }

    // The layouts of spec/data-lake.md §4.8; an unknown type is an empty object.
    private void WriteDynamic(string type, InstanceCursor cursor)
    {
        block.Scratch.Clear();
        switch (type)
        {
            case TransitTypes.LogStringEvent:
                WriteReference("desc"u8, ref cursor);
                WriteTime(ref cursor);
                WriteUtf8("msg"u8, cursor.ReadTail());
                break;
            case TransitTypes.LogStringEventV2:
                WriteReference("desc"u8, ref cursor);
                WriteTime(ref cursor);
                WriteUtf8("msg"u8, cursor.ReadText(block.Scratch));
                break;
            case TransitTypes.LogStringInteropEventV2:
                WriteTime(ref cursor);
                WriteNumber("level"u8, cursor.ReadUInt32());
                WriteHandle("target"u8, TransitTypes.StringId, ref cursor);
                WriteUtf8("msg"u8, cursor.ReadTail());
                break;
            case TransitTypes.LogStringInteropEventV3:
                WriteTime(ref cursor);
                WriteNumber("level"u8, cursor.ReadByte());
                WriteHandle("target"u8, TransitTypes.StaticStringRef, ref cursor);
                WriteUtf8("msg"u8, cursor.ReadText(block.Scratch));
                break;
            case TransitTypes.TaggedLogString:
                WriteReference("desc"u8, ref cursor);
                WriteReference("properties"u8, ref cursor);
                WriteTime(ref cursor);
                WriteUtf8("msg"u8, cursor.ReadText(block.Scratch));
                break;
            case TransitTypes.TaggedLogInteropEvent:
                WriteTime(ref cursor);
                WriteNumber("level"u8, cursor.ReadByte());
                WriteHandle("target"u8, TransitTypes.StaticStringRef, ref cursor);
                WriteReference("properties"u8, ref cursor);
                WriteUtf8("msg"u8, cursor.ReadText(block.Scratch));
                break;
            case TransitTypes.ImageEvent:
                WriteTime(ref cursor);
                WriteUtf8("name"u8, cursor.ReadText(block.Scratch));
                WriteUtf8("format"u8, cursor.ReadText(block.Scratch));
                WriteText("data"u8, string.Create(CultureInfo.InvariantCulture, $"<binary {cursor.ReadBlob().Length} bytes>"));
                break;
        }
    }

    private void WriteTime(scoped ref InstanceCursor cursor)
    {
        builder.AddKey("time"u8);
        builder.AddInt64(cursor.ReadInt64());
    }

    private void WriteNumber(ReadOnlySpan<byte> name, uint value)
    {
        builder.AddKey(name);
        builder.AddUInt64(value);
    }

    private void WriteReference(ReadOnlySpan<byte> name, scoped ref InstanceCursor cursor)
    {
        int position = cursor.Position;
        int index = block.Dependencies.Find(cursor.ReadUInt64(), position);
        builder.AddKey(name);
        WriteDependency(index, 1);
    }

    private void WriteHandle(ReadOnlySpan<byte> name, string type, scoped ref InstanceCursor cursor)
    {
        TypeLayout handle = DependencyTable.FindLayout(block.ObjectLayouts, type, cursor.Position);
        if (handle.Size > (ulong)cursor.Remaining || handle.Size == 0)
        {
            throw new CorruptDataException("A string handle is cut", cursor.Position);
        }

        int image = cursor.Skip((int)handle.Size);
        block.Dependencies.CheckReferences(handle, block.Objects, image);
        builder.AddKey(name);
        if (handle.IsReference)
        {
            WriteValue(handle.Referenced, block.Objects, image, 1);
        }
        else
        {
            WriteObject(handle, block.Objects, image, 1);
        }
    }

    private void WriteUtf8(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        builder.AddKey(name);
        builder.AddString(text);
    }

    private void WriteText(ReadOnlySpan<byte> name, string text) => WriteUtf8(name, Encoding.UTF8.GetBytes(text));
}
