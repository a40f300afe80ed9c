using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>A scope entry: its scope, schema URL and records, whatever order the fields come in.</summary>
internal ref struct OtlpScope
{
    private readonly ProtobufReader entry;

    public OtlpScope(ProtobufReader entry)
    {
        this.entry = entry;
        while (entry.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.ScopeEntry.Scope:
                    ReadScope(entry.ReadMessage(type));
                    break;
                case OtlpFields.ScopeEntry.SchemaUrl:
                    SchemaUrl = OtlpValue.ReadText(ref entry, type);
                    break;
                default:
                    entry.Skip(field, type);
                    break;
            }
        }
    }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Version { get; private set; }

    public ReadOnlySpan<byte> SchemaUrl { get; }

    private ProtobufReader scope;

    /// <summary>Reads the entry again, for its records.</summary>
    public readonly ProtobufReader Records => entry;

    /// <summary>Reads the next scope entry of a resource message.</summary>
    public static bool TryRead(scoped ref ProtobufReader resource, out OtlpScope scope)
    {
        if (TryFind(ref resource, OtlpFields.Resource.Scopes, out ProtobufReader found))
        {
            scope = new OtlpScope(found);
            return true;
        }

        scope = default;
        return false;
    }

    /// <summary>Reads the next record of a scope entry.</summary>
    public static bool TryReadRecord(scoped ref ProtobufReader records, out ProtobufReader record) =>
        TryFind(ref records, OtlpFields.ScopeEntry.Records, out record);

    /// <summary>Reads the next embedded message of that field number.</summary>
    public static bool TryFind(scoped ref ProtobufReader reader, int wanted, out ProtobufReader message)
    {
        while (reader.ReadTag(out int field, out ProtobufWireType type))
        {
            if (field == wanted)
            {
                message = reader.ReadMessage(type);
                return true;
            }

            reader.Skip(field, type);
        }

        message = default;
        return false;
    }

    /// <summary>Adds the members that the scope overlays on the properties of its records (spec/data-lake.md §8.7).</summary>
    public readonly void AddExtras(JsonbBuilder builder)
    {
        AddText("otel.scope.name"u8, Name, builder);
        AddText("otel.scope.version"u8, Version, builder);
        ProtobufReader attributes = scope;
        while (TryFind(ref attributes, OtlpFields.Scope.Attributes, out ProtobufReader attribute))
        {
            OtlpValue.AddMember(attribute, builder, "otel.scope.attr."u8, skipAbsent: true);
        }

        AddText("otel.scope.schema_url"u8, SchemaUrl, builder);
    }

    /// <summary>Adds a text member unless the text is empty.</summary>
    public static void AddText(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, JsonbBuilder builder)
    {
        if (!text.IsEmpty)
        {
            builder.AddKey(key);
            builder.AddString(text);
        }
    }

    private void ReadScope(ProtobufReader message)
    {
        scope = message;
        while (message.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Scope.Name:
                    Name = OtlpValue.ReadText(ref message, type);
                    break;
                case OtlpFields.Scope.Version:
                    Version = OtlpValue.ReadText(ref message, type);
                    break;
                default:
                    message.Skip(field, type);
                    break;
            }
        }
    }
}
