using System.Globalization;
using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>
/// Writes OTLP messages as OTLP/JSON in JSONB, in the dialect of upstream's library: all fields of a message, also absent ones, 64-bit integers as texts, ids as
/// hexadecimal digits.
/// </summary>
internal static class OtlpJsonWriter
{
    /// <summary>Adds a message as members of the open object.</summary>
    public static void AddMembers(ProtobufReader message, OtlpJsonField[] fields, JsonbBuilder builder)
    {
        foreach (OtlpJsonField field in fields)
        {
            switch (field.Form)
            {
                case OtlpJsonForm.Messages:
                    builder.AddKey(Encoding.UTF8.GetBytes(field.Name));
                    AddMessages(message, field, builder);
                    break;
                case OtlpJsonForm.Fixed64Texts or OtlpJsonForm.VarintTexts or OtlpJsonForm.Doubles:
                    builder.AddKey(Encoding.UTF8.GetBytes(field.Name));
                    AddNumbers(message, field, builder);
                    break;
                case OtlpJsonForm.PointValue:
                    AddNumber(message, OtlpFields.NumberPoint.Double, OtlpFields.NumberPoint.Int, builder);
                    break;
                case OtlpJsonForm.ExemplarValue:
                    builder.AddKey(Encoding.UTF8.GetBytes(field.Name));
                    AddExemplarValue(message, builder);
                    break;
                default:
                    bool isPresent = TryFindLast(message, field.Number, out ProtobufReader at, out ProtobufWireType type);
                    ProtobufReader peek = at;
                    if (field.Form != OtlpJsonForm.Int32Unless0 || (isPresent && peek.ReadVarint(type) != 0))
                    {
                        builder.AddKey(Encoding.UTF8.GetBytes(field.Name));
                        AddScalar(field, isPresent, at, type, builder);
                    }

                    break;
            }
        }
    }

    private static void AddScalar(OtlpJsonField field, bool isPresent, ProtobufReader at, ProtobufWireType type, JsonbBuilder builder)
    {
        switch (field.Form)
        {
            case OtlpJsonForm.Text:
                builder.AddString(isPresent ? OtlpValue.ReadText(ref at, type) : default);
                break;
            case OtlpJsonForm.Hex:
                OtlpValue.AddHex(isPresent ? at.ReadBytes(type) : default, builder);
                break;
            case OtlpJsonForm.UInt32:
                builder.AddUInt64(isPresent ? (uint)at.ReadVarint(type) : 0);
                break;
            case OtlpJsonForm.Int32 or OtlpJsonForm.Int32Unless0:
                AddInteger(isPresent ? (int)at.ReadVarint(type) : 0, builder);
                break;
            case OtlpJsonForm.ZigZag:
                ulong bits = isPresent ? at.ReadVarint(type) : 0;
                AddInteger((int)((uint)bits >> 1) ^ -(int)(bits & 1), builder);
                break;
            case OtlpJsonForm.Fixed32:
                builder.AddUInt64(isPresent ? at.ReadFixed32(type) : 0);
                break;
            case OtlpJsonForm.Fixed64Text:
                AddIntegerText(isPresent ? at.ReadFixed64(type) : 0, builder);
                break;
            case OtlpJsonForm.OptionalDouble when !isPresent:
                builder.AddNull();
                break;
            case OtlpJsonForm.Double or OtlpJsonForm.OptionalDouble:
                AddDouble(isPresent ? BitConverter.UInt64BitsToDouble(at.ReadFixed64(type)) : 0, builder);
                break;
            case OtlpJsonForm.AnyDouble:
                double value = isPresent ? BitConverter.UInt64BitsToDouble(at.ReadFixed64(type)) : 0;
                if (double.IsFinite(value))
                {
                    builder.AddDouble(value);
                }
                else
                {
                    builder.AddString(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
                }

                break;
            case OtlpJsonForm.Message or OtlpJsonForm.Value when !isPresent:
                builder.AddNull();
                break;
            case OtlpJsonForm.Message:
                AddMessage(at.ReadMessage(type), field.Nested!, builder);
                break;
            case OtlpJsonForm.Value:
                AddValue(at.ReadMessage(type), builder);
                break;
        }
    }

    private static void AddMessage(ProtobufReader message, OtlpJsonField[] fields, JsonbBuilder builder)
    {
        builder.BeginObject();
        AddMembers(message, fields, builder);
        builder.EndObject();
    }

    private static void AddMessages(ProtobufReader message, OtlpJsonField field, JsonbBuilder builder)
    {
        builder.BeginArray();
        while (OtlpScope.TryFind(ref message, field.Number, out ProtobufReader item))
        {
            AddMessage(item, field.Nested!, builder);
        }

        builder.EndArray();
    }

    // Repeated numbers come packed or one by one.
    private static void AddNumbers(ProtobufReader message, OtlpJsonField field, JsonbBuilder builder)
    {
        builder.BeginArray();
        while (message.ReadTag(out int number, out ProtobufWireType type))
        {
            if (number != field.Number)
            {
                message.Skip(number, type);
            }
            else if (type == ProtobufWireType.LengthDelimited)
            {
                ProtobufReader packed = message.ReadMessage();
                while (!packed.IsAtEnd)
                {
                    AddNumber(field.Form, field.Form == OtlpJsonForm.VarintTexts ? packed.ReadVarint() : packed.ReadFixed64(), builder);
                }
            }
            else
            {
                AddNumber(field.Form, field.Form == OtlpJsonForm.VarintTexts ? message.ReadVarint(type) : message.ReadFixed64(type), builder);
            }
        }

        builder.EndArray();
    }

    private static void AddNumber(OtlpJsonForm form, ulong bits, JsonbBuilder builder)
    {
        if (form == OtlpJsonForm.Doubles)
        {
            AddDouble(BitConverter.UInt64BitsToDouble(bits), builder);
        }
        else
        {
            AddIntegerText(bits, builder);
        }
    }

    private static void AddExemplarValue(ProtobufReader message, JsonbBuilder builder)
    {
        if (FindNumber(message, OtlpFields.Exemplar.Double, OtlpFields.Exemplar.Int, out _) == 0)
        {
            builder.AddNull();
            return;
        }

        builder.BeginObject();
        AddNumber(message, OtlpFields.Exemplar.Double, OtlpFields.Exemplar.Int, builder);
        builder.EndObject();
    }

    private static void AddNumber(ProtobufReader message, int real, int integer, JsonbBuilder builder)
    {
        int found = FindNumber(message, real, integer, out ulong bits);
        if (found == real)
        {
            builder.AddKey("asDouble"u8);
            AddDouble(BitConverter.UInt64BitsToDouble(bits), builder);
        }
        else if (found == integer)
        {
            builder.AddKey("asInt"u8);
            AddInteger((long)bits, builder);
        }
    }

    // One of two fields: the last wins. 0 when there is neither.
    private static int FindNumber(ProtobufReader message, int real, int integer, out ulong bits)
    {
        int found = 0;
        bits = 0;
        while (message.ReadTag(out int number, out ProtobufWireType type))
        {
            if (number == real || number == integer)
            {
                bits = message.ReadFixed64(type);
                found = number;
            }
            else
            {
                message.Skip(number, type);
            }
        }

        return found;
    }

    /// <summary>Adds an AnyValue as an object that names the kind of value; without a value the object is empty.</summary>
    private static void AddValue(ProtobufReader value, JsonbBuilder builder)
    {
        builder.BeginObject();
        switch (OtlpValue.FindMember(value, out ProtobufReader at, out ProtobufWireType type))
        {
            case OtlpFields.AnyValue.String:
                builder.AddKey("stringValue"u8);
                builder.AddString(OtlpValue.ReadText(ref at, type));
                break;
            case OtlpFields.AnyValue.Bool:
                builder.AddKey("boolValue"u8);
                builder.AddBoolean(at.ReadVarint(type) != 0);
                break;
            case OtlpFields.AnyValue.Int:
                builder.AddKey("intValue"u8);
                builder.AddString(Encoding.ASCII.GetBytes(((long)at.ReadVarint(type)).ToString(CultureInfo.InvariantCulture)));
                break;
            case OtlpFields.AnyValue.Double:
                builder.AddKey("doubleValue"u8);
                AddDouble(BitConverter.UInt64BitsToDouble(at.ReadFixed64(type)), builder);
                break;
            case OtlpFields.AnyValue.Bytes:
                builder.AddKey("bytesValue"u8);
                using (PooledBuffer text = new())
                {
                    builder.AddString(OtlpValue.Base64(at.ReadBytes(type), text));
                }

                break;
            case OtlpFields.AnyValue.Array:
                builder.AddKey("arrayValue"u8);
                builder.BeginObject();
                builder.AddKey("values"u8);
                builder.BeginArray();
                ProtobufReader array = at.ReadMessage(type);
                while (OtlpScope.TryFind(ref array, OtlpFields.Values.Value, out ProtobufReader item))
                {
                    AddValue(item, builder);
                }

                builder.EndArray();
                builder.EndObject();
                break;
            case OtlpFields.AnyValue.KeyValues:
                builder.AddKey("kvlistValue"u8);
                builder.BeginObject();
                builder.AddKey("values"u8);
                AddMessages(at.ReadMessage(type), s_values, builder);
                builder.EndObject();
                break;
            case OtlpFields.AnyValue.StringIndex:
                builder.AddKey("stringValueStrindex"u8);
                AddInteger((int)at.ReadVarint(type), builder);
                break;
        }

        builder.EndObject();
    }

    private static readonly OtlpJsonField s_values = new(OtlpFields.Values.Value, "values", OtlpJsonForm.Messages, OtlpJsonFields.KeyValue);

    private static bool TryFindLast(ProtobufReader message, int wanted, out ProtobufReader at, out ProtobufWireType type)
    {
        bool found = false;
        at = default;
        type = default;
        while (message.ReadTag(out int field, out ProtobufWireType fieldType))
        {
            if (field == wanted)
            {
                found = true;
                at = message;
                type = fieldType;
            }

            message.Skip(field, fieldType);
        }

        return found;
    }

    private static void AddInteger(long value, JsonbBuilder builder)
    {
        if (value < 0)
        {
            builder.AddInt64(value);
        }
        else
        {
            builder.AddUInt64((ulong)value);
        }
    }

    private static void AddIntegerText(ulong value, JsonbBuilder builder)
    {
        Span<byte> digits = stackalloc byte[20];
        value.TryFormat(digits, out int written, default, CultureInfo.InvariantCulture);
        builder.AddString(digits[..written]);
    }

    // JSON has no other numbers.
    private static void AddDouble(double value, JsonbBuilder builder)
    {
        if (double.IsFinite(value))
        {
            builder.AddDouble(value);
        }
        else
        {
            builder.AddNull();
        }
    }
}
