using System.Text.Unicode;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>OTLP attribute values as JSONB (spec/data-lake.md §8.7).</summary>
internal static class OtlpValue
{
    /// <summary>Reads a string field, which must be UTF-8.</summary>
    public static ReadOnlySpan<byte> ReadText(scoped ref ProtobufReader reader, ProtobufWireType type)
    {
        ReadOnlySpan<byte> text = reader.ReadBytes(type);
        if (!Utf8.IsValid(text))
        {
            throw new CorruptDataException("OTLP string is not UTF-8", reader.Position);
        }

        return text;
    }

    /// <summary>Adds a KeyValue as a member of the open object, its key behind <paramref name="prefix"/>; an absent value is null.</summary>
    /// <returns>False when there is no value and <paramref name="skipAbsent"/> asks to leave such entries out.</returns>
    public static bool AddMember(ProtobufReader entry, JsonbBuilder builder, ReadOnlySpan<byte> prefix = default, bool skipAbsent = false)
    {
        ReadOnlySpan<byte> key = default;
        ProtobufReader value = default;
        bool hasValue = false;
        while (entry.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.KeyValue.Key:
                    key = ReadText(ref entry, type);
                    break;
                case OtlpFields.KeyValue.Value:
                    value = entry.ReadMessage(type);
                    hasValue = true;
                    break;
                default:
                    entry.Skip(field, type);
                    break;
            }
        }

        if (!hasValue && skipAbsent)
        {
            return false;
        }

        if (prefix.IsEmpty)
        {
            builder.AddKey(key);
        }
        else
        {
            builder.AddKey([.. prefix, .. key]);
        }

        Add(value, builder);
        return true;
    }

    /// <summary>Adds an AnyValue; of several members the last wins, none gives null.</summary>
    public static void Add(ProtobufReader value, JsonbBuilder builder)
    {
        int member = FindMember(value, out ProtobufReader at, out ProtobufWireType type);
        switch (member)
        {
            case OtlpFields.AnyValue.String:
                builder.AddString(ReadText(ref at, type));
                break;
            case OtlpFields.AnyValue.Bool:
                builder.AddBoolean(at.ReadBoolean(type));
                break;
            case OtlpFields.AnyValue.Int:
                builder.AddInt64((long)at.ReadVarint(type));
                break;
            case OtlpFields.AnyValue.Double:
                builder.AddDouble(at.ReadDouble(type));
                break;
            case OtlpFields.AnyValue.Bytes:
                AddBase64(at.ReadBytes(type), builder);
                break;
            case OtlpFields.AnyValue.Array:
                AddArray(at.ReadMessage(type), builder);
                break;
            case OtlpFields.AnyValue.KeyValues:
                AddObject(at.ReadMessage(type), builder);
                break;
            default:
                builder.AddNull();
                break;
        }
    }

    /// <summary>Finds the last known member of an AnyValue; 0 for none. The reader stands before the member's value.</summary>
    public static int FindMember(ProtobufReader value, out ProtobufReader at, out ProtobufWireType memberType)
    {
        int member = 0;
        at = default;
        memberType = default;
        while (value.ReadTag(out int field, out ProtobufWireType type))
        {
            if (field is >= OtlpFields.AnyValue.String and <= OtlpFields.AnyValue.StringIndex)
            {
                member = field;
                at = value;
                memberType = type;
            }

            value.Skip(field, type);
        }

        return member;
    }

    /// <summary>Appends standard base64.</summary>
    public static ReadOnlySpan<byte> Base64(ReadOnlySpan<byte> bytes, PooledBuffer output)
    {
        int start = output.Length;
        Span<byte> room = output.GetSpan(Math.Max(1, Base64Length(bytes)));
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, room, out _, out int written);
        output.Advance(written);
        return output.WrittenSpan[start..];
    }

    /// <summary>Adds bytes as lower-case hexadecimal digits.</summary>
    public static void AddHex(ReadOnlySpan<byte> bytes, JsonbBuilder builder)
    {
        Span<byte> hex = bytes.Length <= 32 ? stackalloc byte[64] : new byte[bytes.Length * 2];
        Convert.TryToHexStringLower(bytes, hex, out int written);
        builder.AddString(hex[..written]);
    }

    private static int Base64Length(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length);

    private static void AddBase64(ReadOnlySpan<byte> bytes, JsonbBuilder builder)
    {
        using PooledBuffer text = new();
        builder.AddString(Base64(bytes, text));
    }

    private static void AddArray(ProtobufReader array, JsonbBuilder builder)
    {
        builder.BeginArray();
        while (array.ReadTag(out int field, out ProtobufWireType type))
        {
            if (field == OtlpFields.Values.Value)
            {
                Add(array.ReadMessage(type), builder);
            }
            else
            {
                array.Skip(field, type);
            }
        }

        builder.EndArray();
    }

    private static void AddObject(ProtobufReader list, JsonbBuilder builder)
    {
        builder.BeginObject();
        while (list.ReadTag(out int field, out ProtobufWireType type))
        {
            if (field == OtlpFields.Values.Value)
            {
                AddMember(list.ReadMessage(type), builder);
            }
            else
            {
                list.Skip(field, type);
            }
        }

        builder.EndObject();
    }
}
