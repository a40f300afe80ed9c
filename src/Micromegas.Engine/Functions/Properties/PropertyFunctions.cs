using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Formats;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Functions of property sets (spec/sql.md §4), which come as JSONB objects or, from older data and literals, as lists of key-value structs.
/// </summary>
internal static class PropertyFunctions
{
    private static readonly DataType PropertyList = DataType.List(new Field(
        "Property", DataType.Struct(new Field("key", DataType.Utf8, false), new Field("value", DataType.Utf8, false)), false));

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction(
            "property_get", "(properties, key)", "Value of a property as text: exact key first, then regardless of ASCII case; NULL when it is missing.",
            static a => Resolve("property_get", a, DataType.DictionaryUtf8, Accept.Text), Get),
        new DefinedFunction(
            "properties_length", "(properties)", "Number of properties.", static a => Resolve("properties_length", a, DataType.Int32),
            static s => new NullableRowKernel<int>(s, Length)),
        new DefinedFunction(
            "properties_to_jsonb", "(properties)", "The set as a JSONB object.", static a => Resolve("properties_to_jsonb", a, DataType.DictionaryJsonb), ToJsonb),
        new DefinedFunction(
            "properties_to_dict", "(properties)", "The list, one copy of each distinct list.", ResolveToDictionary, static s => new BuiltRowKernel(s, Copy)),
        new DefinedFunction(
            "properties_to_array", "(dictionary)", "The values of a dictionary.", ResolveToArray, static s => new BuiltRowKernel(s, Copy)),
    ];

    private static FunctionSignature Resolve(string name, FunctionArguments arguments, DataType result, params Parameter[] rest)
    {
        FunctionErrors.CheckCount(name, arguments, 1 + rest.Length, 1 + rest.Length);
        var set = SetType(arguments.Types[0]) ?? throw new EngineException(
            SqlState.InvalidParameterValue,
            $"{name}: unsupported input type, expected List<Struct<key, value>>, Binary or a dictionary of either, got {arguments.Types[0]}");
        DataType[] types = [set, .. rest.Select((parameter, i) => parameter(arguments.Types[i + 1]) ?? throw FunctionErrors.NoMatch(name, arguments))];
        return new FunctionSignature(types, result);
    }

    private static DataType? SetType(DataType type)
    {
        var value = type.ValueType;
        if (value.Kind is TypeKind.Binary or TypeKind.Jsonb)
        {
            return DataType.Jsonb;
        }
        return IsPropertyList(value) ? value : null;
    }

    private static bool IsPropertyList(DataType type) =>
        type.Kind == TypeKind.List && type.ItemField.Type is { Kind: TypeKind.Struct, Fields: [{ Name: "key", Type: var key }, { Name: "value", Type: var text }] }
        && key.ValueType.IsUtf8 && text.ValueType.IsUtf8;

    private static FunctionSignature ResolveToDictionary(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount("properties_to_dict", arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        return IsPropertyList(type)
            ? new FunctionSignature([type], DataType.Dictionary(DataType.Int32, type))
            : throw new EngineException(SqlState.InvalidParameterValue, $"properties_to_dict: unsupported input type, expected {PropertyList}, got {arguments.Types[0]}");
    }

    private static FunctionSignature ResolveToArray(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount("properties_to_array", arguments, 1, 1);
        return arguments.Types[0].IsDictionary
            ? new FunctionSignature([arguments.Types[0]], arguments.Types[0].DictionaryValueType!)
            : throw new EngineException(SqlState.InvalidParameterValue, $"properties_to_array expects a Dictionary input type, got {arguments.Types[0]}");
    }

    private static void Copy(RowArguments a, int row, VectorBuilder output) => output.Append(a[0], row);

    private static BytesRowKernel Get(FunctionSignature signature)
    {
        if (signature.ArgumentTypes[0].Storage == StorageKind.List)
        {
            return new BytesRowKernel(signature, GetFromList);
        }
        var text = new PooledBuffer();
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            if (!JsonbValue.TryOpen(a.Text(0, row), out var root) || !root.TryGetMemberIgnoreCase(a.Text(1, row), out var member))
            {
                writer.SetNull();
                return;
            }
            if (member.Kind == JsonbKind.String)
            {
                writer.Append(member.Utf8);
                return;
            }
            text.Clear();
            JsonbText.Format(member, text);
            writer.Append(text.WrittenSpan);
        });
    }

    private static void GetFromList(RowArguments a, int row, ref BytesWriter writer)
    {
        var key = a.Text(1, row);
        var list = a.List(0);
        for (var item = list.Start(row); item < list.End(row); item++)
        {
            if (Ascii.EqualsIgnoreCase(Member(list.Items, item, 0), key))
            {
                writer.Append(Member(list.Items, item, 1));
                return;
            }
        }
        writer.SetNull();
    }

    private static ReadOnlySpan<byte> Member(Vector items, int item, int ordinal)
    {
        var structs = (StructVector)items.Resolve(ref item);
        var plain = structs.Children[ordinal].Resolve(ref item);
        return ((BinaryVector)plain)[item];
    }

    private static int? Length(RowArguments a, int row)
    {
        if (a.Type(0).Storage == StorageKind.List)
        {
            var list = a.List(0);
            return list.End(row) - list.Start(row);
        }
        return JsonbValue.TryOpen(a.Text(0, row), out var root) ? root.Kind == JsonbKind.Object ? root.Count : 0 : null;
    }

    private static BytesRowKernel ToJsonb(FunctionSignature signature)
    {
        if (signature.ArgumentTypes[0].Storage != StorageKind.List)
        {
            return new BytesRowKernel(signature, static (RowArguments a, int row, ref BytesWriter writer) => writer.Append(a.Text(0, row)));
        }
        var builder = new JsonbBuilder();
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            var list = a.List(0);
            builder.Reset();
            builder.BeginObject();
            for (var item = list.Start(row); item < list.End(row); item++)
            {
                if (list.Items.IsNull(item) || HasLater(list.Items, item, list.End(row)))
                {
                    continue;
                }
                builder.AddKey(Member(list.Items, item, 0));
                builder.AddString(Member(list.Items, item, 1));
            }
            builder.EndObject();
            writer.Append(builder.Finish());
        });
    }

    /// <summary>Whether the key comes again: the last one wins.</summary>
    private static bool HasLater(Vector items, int item, int end)
    {
        var key = Member(items, item, 0);
        for (var later = item + 1; later < end; later++)
        {
            if (!items.IsNull(later) && Member(items, later, 0).SequenceEqual(key))
            {
                return true;
            }
        }
        return false;
    }
}
