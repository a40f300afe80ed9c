using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The CBOR form of a stream's type list (spec/data-lake.md §4.2).</summary>
public static class TypeListCodec
{
    /// <summary>Reads a type list in the form of any client.</summary>
    /// <exception cref="CorruptDataException">A field is missing, repeated or of another type, or the bytes are cut.</exception>
    public static IReadOnlyList<TypeDescription> Decode(ReadOnlySpan<byte> metadata)
    {
        CborReader reader = new(metadata);
        List<TypeDescription> types = [];
        long remaining = reader.ReadArrayStart();
        while (reader.ReadMore(ref remaining))
        {
            types.Add(ReadType(ref reader));
        }

        return types;
    }

    /// <summary>Appends a type list as servers store it: definite lengths, the Rust client's key order.</summary>
    public static void Encode(IReadOnlyList<TypeDescription> types, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(types);
        CborWriter writer = new(output);
        writer.WriteArrayStart(types.Count);
        foreach (TypeDescription type in types)
        {
            writer.WriteMapStart(4);
            writer.WriteText("name"u8);
            writer.WriteText(type.Name);
            writer.WriteText("size"u8);
            writer.WriteUInt64(type.Size);
            writer.WriteText("members"u8);
            writer.WriteArrayStart(type.Members.Count);
            foreach (MemberDescription member in type.Members)
            {
                writer.WriteMapStart(5);
                writer.WriteText("name"u8);
                writer.WriteText(member.Name);
                writer.WriteText("type_name"u8);
                writer.WriteText(member.TypeName);
                writer.WriteText("offset"u8);
                writer.WriteUInt64(member.Offset);
                writer.WriteText("size"u8);
                writer.WriteUInt64(member.Size);
                writer.WriteText("is_reference"u8);
                writer.WriteBoolean(member.IsReference);
            }

            writer.WriteText("is_reference"u8);
            writer.WriteBoolean(type.IsReference);
        }
    }

    private static TypeDescription ReadType(ref CborReader reader)
    {
        Fields fields = default;
        List<MemberDescription>? members = null;
        int start = reader.Position;
        long remaining = reader.ReadMapStart();
        while (reader.ReadMore(ref remaining))
        {
            ReadOnlySpan<byte> key = CborFields.ReadKey(ref reader);
            if (key.SequenceEqual("members"u8))
            {
                if (members is not null)
                {
                    throw new CorruptDataException("Field 'members' occurs twice", reader.Position);
                }

                members = [];
                long count = reader.ReadArrayStart();
                while (reader.ReadMore(ref count))
                {
                    members.Add(ReadMember(ref reader));
                }
            }
            else
            {
                fields.Read(key, ref reader);
            }
        }

        if (fields.Name is null || fields.Size is null || fields.IsReference is null || members is null)
        {
            throw new CorruptDataException("Type description lacks a field", start);
        }

        return new TypeDescription(fields.Name, fields.Size.Value, members, fields.IsReference.Value);
    }

    private static MemberDescription ReadMember(ref CborReader reader)
    {
        Fields fields = default;
        int start = reader.Position;
        long remaining = reader.ReadMapStart();
        while (reader.ReadMore(ref remaining))
        {
            fields.Read(CborFields.ReadKey(ref reader), ref reader);
        }

        if (fields.Name is null || fields.TypeName is null || fields.Offset is null || fields.Size is null || fields.IsReference is null)
        {
            throw new CorruptDataException("Member description lacks a field", start);
        }

        return new MemberDescription(fields.Name, fields.TypeName, fields.Offset.Value, fields.Size.Value, fields.IsReference.Value);
    }

    private struct Fields
    {
        public string? Name;
        public string? TypeName;
        public ulong? Offset;
        public ulong? Size;
        public bool? IsReference;

        public void Read(ReadOnlySpan<byte> key, ref CborReader reader)
        {
            int position = reader.Position;
            bool repeated = false;
            if (key.SequenceEqual("name"u8))
            {
                repeated = Name is not null;
                Name = Encoding.UTF8.GetString(reader.ReadText());
            }
            else if (key.SequenceEqual("type_name"u8))
            {
                repeated = TypeName is not null;
                TypeName = Encoding.UTF8.GetString(reader.ReadText());
            }
            else if (key.SequenceEqual("offset"u8))
            {
                repeated = Offset is not null;
                Offset = reader.ReadUInt64();
            }
            else if (key.SequenceEqual("size"u8))
            {
                repeated = Size is not null;
                Size = reader.ReadUInt64();
            }
            else if (key.SequenceEqual("is_reference"u8))
            {
                repeated = IsReference is not null;
                IsReference = reader.ReadBoolean();
            }
            else
            {
                reader.Skip();
            }

            if (repeated)
            {
                throw new CorruptDataException($"Field '{Encoding.UTF8.GetString(key)}' occurs twice", position);
            }
        }
    }
}
