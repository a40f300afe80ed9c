using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;

namespace Micromegas.Engine.Functions;

/// <summary>Types of calls that take lists.</summary>
internal static class ListAccept
{
    /// <summary>Any kind of list as a plain list; NULL as a list of nulls.</summary>
    public static readonly Parameter List = static type => type.Kind == TypeKind.Null ? DataType.List(DataType.Null) : AsList(type);

    /// <summary>A list of numbers, as Float64; also NULL.</summary>
    public static readonly Parameter Numbers = static type => type.Kind == TypeKind.Null ? DataType.List(DataType.Float64) :
        AsList(type) is { } list && (list.ItemField.Type.ValueType.IsNumeric || list.ItemField.Type.Kind == TypeKind.Null) ? DataType.List(DataType.Float64) : null;

    public static DataType? AsList(DataType type)
    {
        type = type.ValueType;
        return type.Kind == TypeKind.List ? type : type.IsList ? DataType.List(type.ItemField) : null;
    }

    /// <summary>A list and a value that may be an item of it, brought to one item type.</summary>
    public static (DataType List, DataType Item) WithItem(string name, FunctionArguments arguments, int list = 0, int item = 1)
    {
        var listType = List(arguments.Types[list]) ?? throw FunctionErrors.NoMatch(name, arguments);
        var common = TypeCoercion.Items(listType.ItemField.Type, arguments.Types[item]) ?? throw FunctionErrors.NoMatch(name, arguments);
        return (DataType.List(listType.ItemField with { Type = common, Nullable = true }), common);
    }

    /// <summary>Lists brought to one type.</summary>
    public static DataType Common(string name, FunctionArguments arguments)
    {
        DataType? common = null;
        foreach (var type in arguments.Types)
        {
            var list = List(type) ?? throw FunctionErrors.NoMatch(name, arguments);
            common = common is null ? list : TypeCoercion.Items(common, list) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        return DataType.List(common!.ItemField with { Nullable = true });
    }

    /// <summary>A call of a list, an item and possibly more.</summary>
    public static Func<FunctionArguments, FunctionSignature> Item(string name, Func<DataType, DataType> result, params Parameter[] more) => Item(name, 2, result, more);

    /// <summary>A call of a list, an item and more, some of which must be there.</summary>
    public static Func<FunctionArguments, FunctionSignature> Item(string name, int required, Func<DataType, DataType> result, params Parameter[] more) => arguments =>
    {
        FunctionErrors.CheckCount(name, arguments, required, 2 + more.Length);
        var (list, item) = WithItem(name, arguments);
        DataType[] types = [list, item, .. more.Take(arguments.Count - 2).Select((parameter, i) => parameter(arguments.Types[i + 2]) ?? throw FunctionErrors.NoMatch(name, arguments))];
        return new FunctionSignature(types, result(list));
    };

    /// <summary>A call of one list and possibly more.</summary>
    public static Func<FunctionArguments, FunctionSignature> One(string name, Func<DataType, DataType> result, int required, params Parameter[] more) =>
        arguments => Accept.Match(name, arguments, required, [List, .. more], types => result(types[0]));

    /// <summary>A call of lists of one type.</summary>
    public static Func<FunctionArguments, FunctionSignature> Same(string name, Func<DataType, DataType> result, int least, int most) => arguments =>
    {
        FunctionErrors.CheckCount(name, arguments, least, most);
        var list = Common(name, arguments);
        return new FunctionSignature([.. arguments.Types.Select(_ => list)], result(list));
    };

    /// <summary>A call of lists that may differ in depth: the result is as deep as the deepest, and all have one innermost type.</summary>
    public static Func<FunctionArguments, FunctionSignature> Deepest(string name) => arguments =>
    {
        FunctionErrors.CheckCount(name, arguments, 1, int.MaxValue);
        DataType?[] lists = [.. arguments.Types.Select(type => type.Kind == TypeKind.Null ? null : AsList(type) ?? throw FunctionErrors.NoMatch(name, arguments))];
        var depths = Array.ConvertAll(lists, static list => list is null ? 0 : ListShape.Depth(list));
        if (depths.Where(static depth => depth > 0).Distinct().Count() < 2)
        {
            var list = Common(name, arguments);
            return new FunctionSignature([.. arguments.Types.Select(_ => list)], list);
        }
        DataType? innermost = null;
        foreach (var list in lists.OfType<DataType>())
        {
            var item = Innermost(list);
            innermost = innermost is null ? item : TypeCoercion.Items(innermost, item) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        var deepest = depths.Max();
        return new FunctionSignature([.. depths.Select(depth => Nested(innermost!, depth == 0 ? deepest : depth))], Nested(innermost!, deepest));
    };

    private static DataType Innermost(DataType list) => AsList(list) is { } outer ? Innermost(outer.ItemField.Type) : list;

    private static DataType Nested(DataType item, ulong depth)
    {
        for (; depth > 0; depth--)
        {
            item = DataType.List(item);
        }
        return item;
    }

    public static DataType Self(DataType list) => list;

    public static DataType ItemOf(DataType list) => list.ItemField.Type;
}
