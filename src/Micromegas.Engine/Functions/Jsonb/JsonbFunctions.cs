using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Formats;

namespace Micromegas.Engine.Functions;

/// <summary>Functions of JSONB documents (spec/sql.md §1.1).</summary>
internal static class JsonbFunctions
{
    private static readonly DataType KeyList = DataType.List(DataType.Utf8);

    private static readonly Field EachItem = new(
        "item", DataType.Struct(new Field("key", DataType.Utf8, false), new Field("value", DataType.Jsonb, false)), false);

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction("jsonb_parse", "(text)", "JSONB of a JSON text; NULL when the text is not JSON.", ResolveParse, Parse),
        new DefinedFunction(
            "jsonb_format_json", "(j)", "Compact JSON text of a document.",
            static a => JsonbAccept.Signature("jsonb_format_json", a, DataType.DictionaryUtf8), Format),
        new DefinedFunction(
            "jsonb_get", "(j, name)", "Member of an object: exact name first, then regardless of ASCII case.",
            static a => JsonbAccept.Signature("jsonb_get", a, DataType.DictionaryJsonb, Accept.Text), Get),
        new DefinedFunction(
            "jsonb_as_string", "(j)", "The text of a JSON string; NULL for other kinds.",
            static a => JsonbAccept.Signature("jsonb_as_string", a, DataType.DictionaryUtf8), static s => new BytesRowKernel(s, AsString)),
        new DefinedFunction(
            "jsonb_as_f64", "(j)", "The number as Float64; NULL for other kinds.",
            static a => JsonbAccept.Signature("jsonb_as_f64", a, DataType.Float64), static s => new NullableRowKernel<double>(s, AsFloat64)),
        new DefinedFunction(
            "jsonb_as_i64", "(j)", "The number as Int64 when it is one; else NULL.",
            static a => JsonbAccept.Signature("jsonb_as_i64", a, DataType.Int64), static s => new NullableRowKernel<long>(s, AsInt64)),
        new DefinedFunction(
            "jsonb_array_length", "(j)", "Elements of an array; NULL for other kinds.",
            static a => JsonbAccept.Signature("jsonb_array_length", a, DataType.Int64), static s => new NullableRowKernel<long>(s, ArrayLength)),
        new DefinedFunction(
            "jsonb_object_keys", "(j)", "Keys of an object in stored order; NULL for other kinds.",
            static a => JsonbAccept.Signature("jsonb_object_keys", a, DataType.Dictionary(DataType.Int32, KeyList)),
            static s => new BuiltRowKernel(s, ObjectKeys)),
        new DefinedFunction(
            "jsonb_path_query_first", "(j, path)", "First match of a JSON path, or NULL.",
            static a => JsonbAccept.Signature("jsonb_path_query_first", a, DataType.DictionaryJsonb, Accept.Text), static s => Path(s, "jsonb_path_query_first", true)) { CanFail = true },
        new DefinedFunction(
            "jsonb_path_query", "(j, path)", "All matches of a JSON path as one JSON array.",
            static a => JsonbAccept.Signature("jsonb_path_query", a, DataType.DictionaryJsonb, Accept.Text), static s => Path(s, "jsonb_path_query", false)) { CanFail = true },
        new DefinedFunction(
            "jsonb_each", "(j)", "Members of an object, or elements of an array with their numbers, as key-value structs; a table in FROM.",
            static a => JsonbAccept.Signature("jsonb_each", a, DataType.List(EachItem)), static s => Each(s)) { CanFail = true },
        new DefinedFunction(
            "jsonb_array_elements", "(j)", "Elements of an array; a table in FROM.",
            static a => JsonbAccept.Signature("jsonb_array_elements", a, DataType.List(new Field("value", DataType.Jsonb, false))),
            static s => ArrayElements(s)) { CanFail = true },
    ];

    private static FunctionSignature ResolveParse(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount("jsonb_parse", arguments, 1, 1);
        return arguments.Types[0].ValueType.IsUtf8
            ? new FunctionSignature([DataType.Utf8], DataType.DictionaryJsonb)
            : throw new EngineException(
                SqlState.InvalidParameterValue, $"jsonb_parse: unsupported input type, expected Utf8 or Dictionary<Int32, Utf8>, got {arguments.Types[0]}");
    }

    private static BytesRowKernel Parse(FunctionSignature signature)
    {
        var builder = new JsonbBuilder();
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            builder.Reset();
            if (JsonbText.TryParse(a.Text(0, row), builder))
            {
                writer.Append(builder.Finish());
            }
            else
            {
                writer.SetNull();
            }
        });
    }

    private static BytesRowKernel Format(FunctionSignature signature)
    {
        var text = new PooledBuffer();
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            text.Clear();
            JsonbText.FormatDocument(a.Text(0, row), text);
            writer.Append(text.WrittenSpan);
        });
    }

    private static BytesRowKernel Get(FunctionSignature signature)
    {
        var document = new PooledBuffer();
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            if (JsonbValue.TryOpen(a.Text(0, row), out var root) && root.TryGetMemberIgnoreCase(a.Text(1, row), out var member))
            {
                document.Clear();
                member.WriteDocument(document);
                writer.Append(document.WrittenSpan);
            }
            else
            {
                writer.SetNull();
            }
        });
    }

    private static void AsString(RowArguments a, int row, ref BytesWriter writer)
    {
        if (JsonbValue.TryOpen(a.Text(0, row), out var root) && root.Kind == JsonbKind.String)
        {
            writer.Append(root.Utf8);
        }
        else
        {
            writer.SetNull();
        }
    }

    private static double? AsFloat64(RowArguments a, int row) =>
        JsonbValue.TryOpen(a.Text(0, row), out var root) && root.TryGetDouble(out var value) ? value : null;

    private static long? AsInt64(RowArguments a, int row) =>
        JsonbValue.TryOpen(a.Text(0, row), out var root) && root.TryGetInt64(out var value) ? value : null;

    private static long? ArrayLength(RowArguments a, int row) =>
        JsonbValue.TryOpen(a.Text(0, row), out var root) && root.Kind == JsonbKind.Array ? root.Count : null;

    private static void ObjectKeys(RowArguments a, int row, VectorBuilder output)
    {
        if (!JsonbValue.TryOpen(a.Text(0, row), out var root) || root.Kind != JsonbKind.Object)
        {
            output.AppendNull();
            return;
        }
        var list = (ListVectorBuilder)output;
        var keys = (BinaryVectorBuilder)list.Items;
        foreach (var member in root.Members)
        {
            keys.Append(member.Key);
        }
        list.EndList();
    }

    private static BytesRowKernel Path(FunctionSignature signature, string name, bool first)
    {
        var paths = new Dictionary<string, JsonPath>(StringComparer.Ordinal);
        var document = new PooledBuffer();
        var builder = new JsonbBuilder();
        byte[] lastText = [];
        JsonPath? last = null;
        return new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) =>
        {
            var text = a.Text(1, row);
            if (last is null || !text.SequenceEqual(lastText))
            {
                lastText = text.ToArray();
                last = ParsePath(name, Encoding.UTF8.GetString(text), paths);
            }
            if (!first)
            {
                builder.Reset();
                last.SelectAll(a.Text(0, row), builder);
                writer.Append(builder.Finish());
                return;
            }
            document.Clear();
            if (last.SelectFirst(a.Text(0, row), document))
            {
                writer.Append(document.WrittenSpan);
            }
            else
            {
                writer.SetNull();
            }
        });
    }

    private static JsonPath ParsePath(string name, string text, Dictionary<string, JsonPath> known)
    {
        if (known.TryGetValue(text, out var path))
        {
            return path;
        }
        try
        {
            path = JsonPath.Parse(text);
        }
        catch (JsonPathSyntaxException error)
        {
            throw new EngineException(SqlState.InvalidParameterValue, $"{name}: invalid JSONPath '{text}': {error.Message}", error);
        }
        // A column of paths must not fill memory.
        if (known.Count < 64)
        {
            known.Add(text, path);
        }
        return path;
    }

    private static BuiltRowKernel Each(FunctionSignature signature)
    {
        var document = new PooledBuffer();
        return new BuiltRowKernel(signature, (a, row, output) =>
        {
            if (!JsonbValue.TryOpen(a.Text(0, row), out var root) || !root.IsContainer)
            {
                throw new EngineException(SqlState.DataException, "jsonb_each: input is not a JSONB object or array");
            }
            var list = (ListVectorBuilder)output;
            var structs = (StructVectorBuilder)list.Items;
            var keys = (BinaryVectorBuilder)structs.Children[0];
            var values = (BinaryVectorBuilder)structs.Children[1];
            if (root.Kind == JsonbKind.Object)
            {
                foreach (var member in root.Members)
                {
                    keys.Append(member.Key);
                    Append(values, member.Value, document);
                    structs.EndStruct();
                }
            }
            else
            {
                var number = 0;
                foreach (var element in root.Elements)
                {
                    keys.Append(number++.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    Append(values, element, document);
                    structs.EndStruct();
                }
            }
            list.EndList();
        });
    }

    private static BuiltRowKernel ArrayElements(FunctionSignature signature)
    {
        var document = new PooledBuffer();
        return new BuiltRowKernel(signature, (a, row, output) =>
        {
            if (!JsonbValue.TryOpen(a.Text(0, row), out var root) || root.Kind != JsonbKind.Array)
            {
                throw new EngineException(SqlState.DataException, "jsonb_array_elements: input is not a JSONB array");
            }
            var list = (ListVectorBuilder)output;
            foreach (var element in root.Elements)
            {
                Append((BinaryVectorBuilder)list.Items, element, document);
            }
            list.EndList();
        });
    }

    private static void Append(BinaryVectorBuilder values, JsonbValue value, PooledBuffer document)
    {
        document.Clear();
        value.WriteDocument(document);
        values.Append(document.WrittenSpan);
    }
}
