using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>concat</c>, <c>concat_ws</c> and <c>||</c>.</summary>
internal static class ConcatFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction(
            "concat", "(x, …)", "The texts of all values, nulls left out.", arguments => Texts("concat", arguments, 1, false),
            static s => new BytesRowKernel(s, Concat, propagatesNulls: false)),
        new DefinedFunction(
            "concat_ws", "(separator, x, …)", "The texts of all values with a separator between them, nulls left out.",
            arguments => Texts("concat_ws", arguments, 2, true), static s => new BytesRowKernel(s, ConcatWithSeparator, propagatesNulls: false)),
        new ConcatOperator(),
    ];

    private static FunctionSignature Texts(string name, FunctionArguments arguments, int least, bool nullable)
    {
        FunctionErrors.CheckCount(name, arguments, least, int.MaxValue);
        var types = new DataType[arguments.Count];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = Accept.AsText(arguments.Types[i]) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        var result = arguments.Types.Any(static type => type.Kind == TypeKind.Utf8View) ? DataType.Utf8View
            : arguments.Types.Any(static type => type.Kind == TypeKind.LargeUtf8) ? DataType.LargeUtf8
            : DataType.Utf8;
        return new FunctionSignature(types, result, nullable);
    }

    private static void Concat(RowArguments a, int row, ref BytesWriter writer)
    {
        for (var i = 0; i < a.Count; i++)
        {
            if (!a.IsNull(i, row))
            {
                writer.Append(a.Text(i, row));
            }
        }
    }

    private static void ConcatWithSeparator(RowArguments a, int row, ref BytesWriter writer)
    {
        if (a.IsNull(0, row))
        {
            writer.SetNull();
            return;
        }
        var isFirst = true;
        for (var i = 1; i < a.Count; i++)
        {
            if (a.IsNull(i, row))
            {
                continue;
            }
            if (!isFirst)
            {
                writer.Append(a.Text(0, row));
            }
            writer.Append(a.Text(i, row));
            isFirst = false;
        }
    }
}

/// <summary><c>||</c>: text with anything, binary with binary, list with list or item.</summary>
internal sealed class ConcatOperator() : ScalarFunction("||")
{
    public override string Usage => "a || b";

    public override string Summary => "Concatenation; null when either side is null.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var (a, b) = (arguments.Types[0].ValueType, arguments.Types[1].ValueType);
        if (a.IsList || b.IsList)
        {
            return Lists(arguments).Signature;
        }
        if (a.IsBinary && b.IsBinary)
        {
            return new FunctionSignature([DataType.Binary, DataType.Binary], DataType.Binary);
        }
        var hasText = a.IsUtf8 || b.IsUtf8;
        if (!hasText || a.IsBinary || b.IsBinary || Accept.AsText(a) is null || Accept.AsText(b) is null)
        {
            throw new EngineException(
                SqlState.DatatypeMismatch, $"Cannot infer common string type for string concat operation {arguments.Types[0]} || {arguments.Types[1]}");
        }
        var type = a.Kind == TypeKind.Utf8View || b.Kind == TypeKind.Utf8View ? DataType.Utf8View
            : a.Kind == TypeKind.LargeUtf8 || b.Kind == TypeKind.LargeUtf8 ? DataType.LargeUtf8
            : DataType.Utf8;
        return new FunctionSignature([DataType.Utf8, DataType.Utf8], type);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        if (signature.ReturnType.IsList)
        {
            var (left, right) = (ListShape.Depth(signature.ArgumentTypes[0]), ListShape.Depth(signature.ArgumentTypes[1]));
            var function = left == right ? "array_concat" : left > right ? "array_append" : "array_prepend";
            return FunctionRegistry.BuiltIn.FindScalar(function)!.Compile(signature, arguments, context);
        }
        return new KernelExpression(
            new BytesRowKernel(
                signature,
                static (RowArguments a, int row, ref BytesWriter writer) =>
                {
                    writer.Append(a.Text(0, row));
                    writer.Append(a.Text(1, row));
                }),
            [.. arguments]);
    }

    private static (string Function, FunctionSignature Signature) Lists(FunctionArguments arguments)
    {
        var (a, b) = (arguments.Types[0].ValueType, arguments.Types[1].ValueType);
        // Lists of one depth are joined; a list beside a list of lists becomes an item of it.
        var name = !a.IsList || (b.IsList && ListShape.Depth(b) > ListShape.Depth(a)) ? "array_prepend"
            : b.IsList && TypeCoercion.Items(a, b) is not null ? "array_concat" : "array_append";
        return (name, FunctionRegistry.BuiltIn.FindScalar(name)!.Resolve(arguments));
    }
}
