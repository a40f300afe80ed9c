using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>List functions (spec/sql.md §5.12); every <c>array_x</c> is also <c>list_x</c>. Positions count from 1; inside lists NULL equals NULL.</summary>
internal static class ArrayFunctions
{
    private static readonly DataType Positions = DataType.List(DataType.UInt64);

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new MakeArrayFunction(),
        Test("array_has", ListAccept.Item("array_has", static _ => DataType.Boolean), static (a, row) => a.IsNull(1, row) ? null : ListSearch.IndexOf(a, row, 0) >= 0, "array_contains", "list_contains"),
        Test("array_has_all", ListAccept.Same("array_has_all", static _ => DataType.Boolean, 2, 2), static (a, row) => ListSearch.HasAll(a, row)),
        Test("array_has_any", ListAccept.Same("array_has_any", static _ => DataType.Boolean, 2, 2), static (a, row) => ListSearch.HasAny(a, row), "arrays_overlap"),
        Test("empty", ListAccept.One("empty", static _ => DataType.Boolean, 1), static (a, row) => a.List(0).Count(row) == 0, "array_empty", "list_empty"),
        Number("array_length", ListAccept.One("array_length", static _ => DataType.UInt64, 1, Accept.Int64), static (a, row) => ListShape.Length(a[0], row, a.Count > 1 ? a.Int64(1, row) : 1)),
        Number("array_ndims", ListAccept.One("array_ndims", static _ => DataType.UInt64, 1), static (a, row) => ListShape.Depth(a.Type(0))),
        new CardinalityFunction(),
        Number("array_position", ListAccept.Item("array_position", static _ => DataType.UInt64, Accept.Int64), ListSearch.Position, false, "list_indexof", "array_indexof"),
        Build("array_positions", ListAccept.Item("array_positions", static _ => Positions), ListSearch.Positions, false),
        Build("array_dims", ListAccept.One("array_dims", static _ => Positions, 1), ListShape.Dimensions),
        Build("array_element", ListAccept.One("array_element", ListAccept.ItemOf, 2, Accept.Int64), ListParts.Element, true, "array_extract", "list_extract"),
        Build("array_slice", ListAccept.One("array_slice", ListAccept.Self, 3, Accept.Int64, Accept.Int64, Accept.Int64), ListParts.Slice),
        Build("array_pop_back", ListAccept.One("array_pop_back", ListAccept.Self, 1), static (a, row, output) => ListParts.Range(a, row, output, 0, 1)),
        Build("array_pop_front", ListAccept.One("array_pop_front", ListAccept.Self, 1), static (a, row, output) => ListParts.Range(a, row, output, 1, 0)),
        Build("array_any_value", ListAccept.One("array_any_value", ListAccept.ItemOf, 1), ListParts.AnyValue),
        Build("array_compact", ListAccept.One("array_compact", ListAccept.Self, 1), ListParts.Compact),
        Build("array_reverse", ListAccept.One("array_reverse", ListAccept.Self, 1), ListParts.Reverse),
        Build("flatten", Flattened, ListParts.Flatten),
        Build("array_resize", ListAccept.One("array_resize", ListAccept.Self, 2, Accept.Int64, Accept.Any), ListParts.Resize, false),
        Build("array_append", ListAccept.Item("array_append", ListAccept.Self), ListParts.Append, false, "array_push_back", "list_push_back"),
        new PrependFunction(),
        Build("array_concat", ListAccept.Deepest("array_concat"), ListParts.Concat, false, "array_cat", "list_cat"),
        Build("array_distinct", ListAccept.One("array_distinct", ListAccept.Self, 1), ListSets.Distinct),
        Build("array_union", ListAccept.Same("array_union", ListAccept.Self, 2, 2), ListSets.Union),
        Build("array_intersect", ListAccept.Same("array_intersect", ListAccept.Self, 2, 2), ListSets.Intersect),
        Build("array_except", ListAccept.Same("array_except", ListAccept.Self, 2, 2), ListSets.Except),
        Build("array_remove", ListAccept.Item("array_remove", ListAccept.Self), static (a, row, output) => ListParts.Remove(a, row, output, 1), false),
        Build("array_remove_n", ListAccept.Item("array_remove_n", 3, ListAccept.Self, Accept.Int64), static (a, row, output) => ListParts.Remove(a, row, output, Most(a, 2, row)), false),
        Build("array_remove_all", ListAccept.Item("array_remove_all", ListAccept.Self), static (a, row, output) => ListParts.Remove(a, row, output, long.MaxValue), false),
        Replace("array_replace", static (_, _) => 1),
        Replace("array_replace_n", static (a, row) => Most(a, 3, row)),
        Replace("array_replace_all", static (_, _) => long.MaxValue),
        new ArrayRepeatFunction(),
        Build("array_sort", ListAccept.One("array_sort", ListAccept.Self, 1, Accept.Text, Accept.Text), ListSets.Sort),
        Build("array_max", ListAccept.One("array_max", ListAccept.ItemOf, 1), static (a, row, output) => ListSets.Extreme(a, row, output, true)),
        Build("array_min", ListAccept.One("array_min", ListAccept.ItemOf, 1), static (a, row, output) => ListSets.Extreme(a, row, output, false)),
        Build("array_mode", ListAccept.One("array_mode", ListAccept.ItemOf, 1), ListSets.Mode),
        Number("array_count", ListAccept.One("array_count", static _ => DataType.UInt64, 1), static (a, row) => ListSearch.CountValues(a, row)),
        new ArraysZipFunction(),
        new ListAggregateFunction(),
        .. ListTextFunctions.All,
        .. ListMathFunctions.All,
        .. ListLambdaFunction.All,
        new RangeFunction("range", isInclusive: false),
        new RangeFunction("generate_series", isInclusive: true),
    ];

    /// <summary>The aliases of an <c>array_x</c> function: <c>list_x</c> and those given.</summary>
    public static string[] Aliases(string name, string[] more) =>
        name.StartsWith("array_", StringComparison.Ordinal) && name is not "array_min" ? ["list_" + name[6..], .. more] : more;

    private static DefinedFunction Test(string name, Func<FunctionArguments, FunctionSignature> resolve, NullableRow<bool> compute, params string[] aliases) =>
        new(name, "(list, …)", "A test on lists.", resolve, s => new BitRowKernel(s, compute), Aliases(name, aliases));

    private static DefinedFunction Number(
        string name, Func<FunctionArguments, FunctionSignature> resolve, NullableRow<ulong> compute, bool propagatesNulls = true, params string[] aliases) =>
        new(name, "(list, …)", "A number about a list.", resolve, s => new NullableRowKernel<ulong>(s, compute, propagatesNulls), Aliases(name, aliases));

    private static DefinedFunction Build(
        string name, Func<FunctionArguments, FunctionSignature> resolve, BuiltRow compute, bool propagatesNulls = true, params string[] aliases) =>
        new(name, "(list, …)", "A part or a change of a list.", resolve, s => new BuiltRowKernel(s, compute, propagatesNulls), Aliases(name, aliases)) { CanFail = true };

    /// <summary>A number of items; NULL counts as none.</summary>
    private static long Most(RowArguments a, int ordinal, int row) => a.IsNull(ordinal, row) ? 0 : a.Int64(ordinal, row);

    private static FunctionSignature Flattened(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount("flatten", arguments, 1, 1);
        var list = ListAccept.List(arguments.Types[0]) ?? throw FunctionErrors.NoMatch("flatten", arguments);
        return new FunctionSignature([list], ListAccept.AsList(list.ItemField.Type) ?? list);
    }

    private static DefinedFunction Replace(string name, Func<RowArguments, int, long> most)
    {
        FunctionSignature Resolve(FunctionArguments arguments)
        {
            var count = name == "array_replace_n" ? 4 : 3;
            FunctionErrors.CheckCount(name, arguments, count, count);
            var (list, item) = ListAccept.WithItem(name, arguments);
            (list, item) = ListAccept.WithItem(
                name, arguments with { Types = [list, arguments.Types[2]], Constants = [null, null], Nullable = [true, true] });
            return new FunctionSignature(count == 4 ? [list, item, item, DataType.Int64] : [list, item, item], list);
        }
        return Build(name, Resolve, (a, row, output) => ListParts.Replace(a, row, output, most(a, row)), false);
    }
}
