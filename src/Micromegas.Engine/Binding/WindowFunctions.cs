using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Binding;

/// <summary>Types of the functions that exist only as window functions (spec/sql.md §5.14).</summary>
internal static class WindowFunctions
{
    /// <summary>Each name with its arguments.</summary>
    private static readonly Dictionary<string, string> Usages = new(StringComparer.Ordinal)
    {
        ["row_number"] = "()", ["rank"] = "()", ["dense_rank"] = "()", ["percent_rank"] = "()", ["cume_dist"] = "()", ["ntile"] = "(buckets)",
        ["lag"] = "(x [, offset [, default]])", ["lead"] = "(x [, offset [, default]])", ["nth_value"] = "(x, n)", ["first_value"] = "(x)", ["last_value"] = "(x)",
    };

    public static IEnumerable<string> Names => Usages.Keys;

    /// <summary>The arguments of a function of this list.</summary>
    public static string UsageOf(string name) => Usages[name];

    public static bool IsWindowOnly(string name) => Usages.ContainsKey(name);

    public static FunctionSignature Resolve(string name, FunctionArguments arguments) => name switch
    {
        "row_number" or "rank" or "dense_rank" => None(name, arguments, DataType.UInt64),
        "percent_rank" or "cume_dist" => None(name, arguments, DataType.Float64),
        "ntile" => arguments.Count == 1 && (arguments.Types[0].IsInteger || arguments.Types[0].Kind == TypeKind.Null)
            ? new FunctionSignature([DataType.Int64], DataType.UInt64, false)
            : throw Wrong(name, arguments),
        "first_value" or "last_value" => arguments.Count == 1 ? new FunctionSignature(arguments.Types, arguments.Types[0]) : throw Wrong(name, arguments),
        "nth_value" => arguments.Count == 2 && (arguments.Types[1].IsInteger || arguments.Types[1].Kind == TypeKind.Null)
            ? new FunctionSignature([arguments.Types[0], DataType.Int64], arguments.Types[0])
            : throw Wrong(name, arguments),
        _ => Shift(name, arguments),
    };

    /// <summary><c>lag(x [, offset [, default]])</c> and <c>lead</c>.</summary>
    private static FunctionSignature Shift(string name, FunctionArguments arguments)
    {
        if (arguments.Count is < 1 or > 3 || (arguments.Count > 1 && !arguments.Types[1].IsInteger && arguments.Types[1].Kind != TypeKind.Null))
        {
            throw Wrong(name, arguments);
        }
        // The default takes the argument's type, whatever its own (recorded: lag(Int32, 1, 0) is Int32); NULL has none.
        var type = arguments is { Count: 3 } && arguments.Types[0].Kind == TypeKind.Null ? arguments.Types[2] : arguments.Types[0];
        DataType[] types = [type, DataType.Int64, type];
        return new FunctionSignature(types[..arguments.Count], type);
    }

    private static FunctionSignature None(string name, FunctionArguments arguments, DataType result) =>
        arguments.Count == 0 ? new FunctionSignature([], result, false) : throw Wrong(name, arguments);

    private static EngineException Wrong(string name, FunctionArguments arguments) =>
        new(SqlState.UndefinedFunction, $"The window function '{name}' does not take ({string.Join(", ", arguments.Types)}).")
        {
            Hint = BindingError.Candidates([name + Usages[name]]),
        };
}
