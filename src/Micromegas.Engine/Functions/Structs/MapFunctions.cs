using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Maps: lists of key-value structs with distinct keys.</summary>
internal static class MapFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new MapFunction(),
        new MakeMapFunction(),
        Part("map_keys", "The keys.", static entries => DataType.List(entries.Fields[0] with { Name = "item" }), static (a, row, output) => Members(a, row, output, 0)),
        Part("map_values", "The values.", static entries => DataType.List(entries.Fields[1].Type), static (a, row, output) => Members(a, row, output, 1)),
        Part("map_entries", "The entries as structs.", static entries => DataType.List(entries), Entries),
        new DefinedFunction(
            "map_extract", "(map, key)", "The values of a key as a list, empty when there is none.",
            static arguments => WithKey("map_extract", arguments, static entries => DataType.List(entries.Fields[1].Type)),
            static s => new BuiltRowKernel(s, Extract), "element_at"),
    ];

    /// <summary>The value of a key, null when there is none.</summary>
    public static void Value(RowArguments a, int row, VectorBuilder output)
    {
        if (Find(a, row, out var entries, out var at))
        {
            output.Append(entries.Children[1], at);
        }
        else
        {
            output.AppendNull();
        }
    }

    /// <summary>Raises an error for a key that a map has already, or that is null.</summary>
    public static void CheckKey(Vector keys, int at, HashSet<string> seen)
    {
        if (keys.IsNull(at))
        {
            Throw.Engine(SqlState.DataException, "map key cannot be null");
        }
        var writer = new MapKeyText(keys, at).Text;
        if (!seen.Add(writer))
        {
            Throw.Engine(SqlState.DataException, $"map key must be unique, duplicate key found: {writer}");
        }
    }

    private static DefinedFunction Part(string name, string summary, Func<DataType, DataType> result, BuiltRow compute) => new(
        name, "(map)", summary,
        arguments => Accept.Match(name, arguments, 1, [static type => type.ValueType.Kind == TypeKind.Map ? type.ValueType : null], types => result(types[0].ItemField.Type)),
        s => new BuiltRowKernel(s, compute));

    private static FunctionSignature WithKey(string name, FunctionArguments arguments, Func<DataType, DataType> result)
    {
        FunctionErrors.CheckCount(name, arguments, 2, 2);
        var map = arguments.Types[0].ValueType;
        if (map.Kind != TypeKind.Map || TypeCoercion.Comparison(map.ItemField.Type.Fields[0].Type, arguments.Types[1]) is null)
        {
            throw FunctionErrors.NoMatch(name, arguments);
        }
        return new FunctionSignature([map, map.ItemField.Type.Fields[0].Type], result(map.ItemField.Type));
    }

    private static void Members(RowArguments a, int row, VectorBuilder output, int member)
    {
        var list = (ListVectorBuilder)output;
        var map = a.List(0);
        for (var i = map.Start(row); i < map.End(row); i++)
        {
            var at = i;
            var entries = (StructVector)map.Items.Resolve(ref at);
            list.Items.Append(entries.Children[member], at);
        }
        list.EndList();
    }

    private static void Entries(RowArguments a, int row, VectorBuilder output)
    {
        var list = (ListVectorBuilder)output;
        var map = a.List(0);
        list.Items.AppendRange(map.Items, map.Start(row), map.Count(row));
        list.EndList();
    }

    private static void Extract(RowArguments a, int row, VectorBuilder output)
    {
        var list = (ListVectorBuilder)output;
        if (Find(a, row, out var entries, out var at))
        {
            list.Items.Append(entries.Children[1], at);
        }
        else
        {
            list.Items.AppendNull();
        }
        list.EndList();
    }

    private static bool Find(RowArguments a, int row, out StructVector entries, out int at)
    {
        var map = a.List(0);
        for (var i = map.Start(row); i < map.End(row); i++)
        {
            at = i;
            entries = (StructVector)map.Items.Resolve(ref at);
            if (ValueOrder.Equal(entries.Children[0], at, a[1], row))
            {
                return true;
            }
        }
        entries = null!;
        at = 0;
        return false;
    }

    /// <summary>The text of a key, for telling keys apart and for the error.</summary>
    private readonly struct MapKeyText(Vector keys, int at)
    {
        public string Text
        {
            get
            {
                using var scratch = new BinaryVector(DataType.Binary);
                scratch.Prepare(1, 1024);
                var writer = new BytesWriter(scratch);
                writer.Begin(0);
                TextForms.Write(ref writer, keys, at, keys.Type);
                writer.Finish();
                return System.Text.Encoding.UTF8.GetString(scratch[0]);
            }
        }
    }
}

/// <summary><c>map(keys, values)</c> of two lists.</summary>
internal sealed class MapFunction() : ScalarFunction("map")
{
    public override string Usage => "(keys, values)";

    public override string Summary => "A map of a list of keys and a list of values.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        if (arguments.Count != 2 || ListAccept.AsList(arguments.Types[0]) is not { } keys || ListAccept.AsList(arguments.Types[1]) is not { } values)
        {
            return MakeMapFunction.ResolvePairs(Name, arguments);
        }
        return new FunctionSignature([keys, values], DataType.Map(keys.ItemField.Type, values.ItemField.Type));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            new BuiltRowKernel(signature, IsZip(signature) ? Zip : MakeMapFunction.Pairs, IsZip(signature)), [.. arguments]);

    private static bool IsZip(FunctionSignature signature) => signature.ArgumentTypes is [{ IsList: true }, { IsList: true }];

    private static void Zip(RowArguments a, int row, VectorBuilder output)
    {
        var map = (ListVectorBuilder)output;
        var entries = (StructVectorBuilder)map.Items;
        var (keys, values) = (a.List(0), a.List(1));
        if (keys.Count(row) != values.Count(row))
        {
            Throw.Engine(SqlState.DataException, "map requires key and value lists to have the same length");
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < keys.Count(row); i++)
        {
            MapFunctions.CheckKey(keys.Items, keys.Start(row) + i, seen);
            entries.Children[0].Append(keys.Items, keys.Start(row) + i);
            entries.Children[1].Append(values.Items, values.Start(row) + i);
            entries.EndStruct();
        }
        map.EndList();
    }
}

/// <summary><c>make_map(key, value, …)</c>.</summary>
internal sealed class MakeMapFunction() : ScalarFunction("make_map")
{
    public override string Usage => "(key, value, …)";

    public override string Summary => "A map of pairs.";

    public override FunctionSignature Resolve(FunctionArguments arguments) => ResolvePairs(Name, arguments);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new BuiltRowKernel(signature, Pairs, propagatesNulls: false), [.. arguments]);

    public static FunctionSignature ResolvePairs(string name, FunctionArguments arguments)
    {
        if (arguments.Count == 0 || arguments.Count % 2 != 0)
        {
            throw FunctionErrors.NoMatch(name, arguments);
        }
        var (key, value) = (DataType.Null, DataType.Null);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            key = TypeCoercion.Items(key, arguments.Types[i]) ?? throw FunctionErrors.NoMatch(name, arguments);
            value = TypeCoercion.Items(value, arguments.Types[i + 1]) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        return new FunctionSignature([.. arguments.Types.Select((_, i) => i % 2 == 0 ? key : value)], DataType.Map(key, value), false);
    }

    public static void Pairs(RowArguments a, int row, VectorBuilder output)
    {
        var map = (ListVectorBuilder)output;
        var entries = (StructVectorBuilder)map.Items;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < a.Count; i += 2)
        {
            MapFunctions.CheckKey(a[i], row, seen);
            entries.Children[0].Append(a[i], row);
            entries.Children[1].Append(a[i + 1], row);
            entries.EndStruct();
        }
        map.EndList();
    }
}
