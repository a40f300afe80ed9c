using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>make_array</c> and <c>[…]</c>: items brought to their common type.</summary>
internal sealed class MakeArrayFunction() : ScalarFunction("make_array", "make_list")
{
    public override string Usage => "(x, …)";

    public override string Summary => "A list of its arguments.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        var item = DataType.Null;
        foreach (var type in arguments.Types)
        {
            item = TypeCoercion.Items(item, type) ?? throw FunctionErrors.NoMatch(Name, arguments);
        }
        return new FunctionSignature([.. arguments.Types.Select(_ => item)], DataType.List(item), false);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            new BuiltRowKernel(
                signature,
                static (a, row, output) =>
                {
                    var list = (ListVectorBuilder)output;
                    for (var i = 0; i < a.Count; i++)
                    {
                        list.Items.Append(a[i], row);
                    }
                    list.EndList();
                },
                propagatesNulls: false),
            [.. arguments]);
}

/// <summary><c>array_prepend(x, list)</c>.</summary>
internal sealed class PrependFunction() : ScalarFunction("array_prepend", "list_prepend", "array_push_front", "list_push_front")
{
    public override string Usage => "(x, list)";

    public override string Summary => "The list with an item before it.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var (list, item) = ListAccept.WithItem(Name, arguments, list: 1, item: 0);
        return new FunctionSignature([item, list], list);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            new BuiltRowKernel(
                signature,
                static (a, row, output) =>
                {
                    var list = (ListVectorBuilder)output;
                    list.Items.Append(a[0], row);
                    ListParts.AppendItems(a, 1, row, list);
                    list.EndList();
                },
                propagatesNulls: false),
            [.. arguments]);
}

/// <summary><c>array_repeat(x, n)</c>.</summary>
internal sealed class ArrayRepeatFunction() : ScalarFunction("array_repeat", "list_repeat")
{
    public override string Usage => "(x, n)";

    public override string Summary => "A list of n times the same item.";

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        Accept.Match(Name, arguments, 2, [Accept.Any, Count], static types => DataType.List(types[0]));

    private static DataType? Count(DataType type) => type.ValueType.IsInteger || type.Kind == TypeKind.Null ? DataType.Int64 : null;

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            new BuiltRowKernel(
                signature,
                static (a, row, output) =>
                {
                    if (a.IsNull(1, row))
                    {
                        output.AppendNull();
                        return;
                    }
                    var list = (ListVectorBuilder)output;
                    var count = Math.Max(a.Int64(1, row), 0);
                    ListParts.CheckCount(count);
                    for (; count > 0; count--)
                    {
                        list.Items.Append(a[0], row);
                    }
                    list.EndList();
                },
                propagatesNulls: false),
            [.. arguments]);
}

/// <summary><c>arrays_zip(list, …)</c>: structs of the items at equal positions; shorter lists are filled with nulls.</summary>
internal sealed class ArraysZipFunction() : ScalarFunction("arrays_zip", "list_zip")
{
    public override string Usage => "(list, …)";

    public override string Summary => "A list of structs of the items at equal positions.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, int.MaxValue);
        var lists = arguments.Types.Select(type => ListAccept.List(type) ?? throw FunctionErrors.NoMatch(Name, arguments)).ToArray();
        var fields = lists.Select(static (list, i) => new Field(Member(i + 1), list.ItemField.Type)).ToArray();
        return new FunctionSignature(lists, DataType.List(DataType.Struct(fields)));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new BuiltRowKernel(signature, Zip, propagatesNulls: false), [.. arguments]);

    /// <summary>Members are named by the position of their list, from 1.</summary>
    private static string Member(int position) => position.ToString(CultureInfo.InvariantCulture);

    private static void Zip(RowArguments a, int row, VectorBuilder output)
    {
        var list = (ListVectorBuilder)output;
        var structs = (StructVectorBuilder)list.Items;
        var longest = -1;
        for (var i = 0; i < a.Count; i++)
        {
            longest = a.IsNull(i, row) ? longest : Math.Max(longest, a.List(i).Count(row));
        }
        if (longest < 0)
        {
            output.AppendNull();
            return;
        }
        for (var at = 0; at < longest; at++)
        {
            for (var i = 0; i < a.Count; i++)
            {
                if (a.IsNull(i, row) || at >= a.List(i).Count(row))
                {
                    structs.Children[i].AppendNull();
                }
                else
                {
                    structs.Children[i].Append(a.List(i).Items, a.List(i).Start(row) + at);
                }
            }
            structs.EndStruct();
        }
        list.EndList();
    }
}
