using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Structs and their members.</summary>
internal static class StructFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new NamedStructFunction(),
        new StructFunction(),
        new GetFieldFunction(),
    ];

    /// <summary>Makes a struct of some of the arguments.</summary>
    public static Kernel Kernel(FunctionSignature signature, int first, int step) => new BuiltRowKernel(
        signature,
        (a, row, output) =>
        {
            var structs = (StructVectorBuilder)output;
            for (var i = 0; i < structs.Children.Length; i++)
            {
                structs.Children[i].Append(a[first + (i * step)], row);
            }
            structs.EndStruct();
        },
        propagatesNulls: false);
}

/// <summary><c>named_struct('a', x, …)</c> and <c>{a: x}</c>.</summary>
internal sealed class NamedStructFunction() : ScalarFunction("named_struct")
{
    public override string Usage => "('name', x, …)";

    public override string Summary => "A struct of named members.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        if (arguments.Count == 0 || arguments.Count % 2 != 0)
        {
            throw new EngineException(SqlState.UndefinedFunction, "named_struct requires an even number of arguments");
        }
        var fields = new Field[arguments.Count / 2];
        for (var i = 0; i < fields.Length; i++)
        {
            var name = arguments.Constants[i * 2]?.Value as string ?? throw FunctionErrors.BadArgument("named_struct requires constant names");
            if (fields.Take(i).Any(field => field.Name == name))
            {
                throw FunctionErrors.BadArgument($"named_struct has the name '{name}' twice");
            }
            fields[i] = new Field(name, arguments.Types[(i * 2) + 1]);
        }
        return new FunctionSignature(arguments.Types, DataType.Struct(fields), false);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(StructFunctions.Kernel(signature, 1, 2), [.. arguments]);
}

/// <summary><c>struct(x, …)</c> and <c>(x, y)</c>: members c0, c1, …</summary>
internal sealed class StructFunction() : ScalarFunction("struct", "row")
{
    public override string Usage => "(x, …)";

    public override string Summary => "A struct of members c0, c1, …";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, int.MaxValue);
        return new FunctionSignature(arguments.Types, DataType.Struct(arguments.Types.Select(static (type, i) => new Field("c" + i, type)).ToArray()), false);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(StructFunctions.Kernel(signature, 0, 1), [.. arguments]);
}

/// <summary><c>get_field(x, 'name', …)</c>, <c>x['name']</c>, <c>x.name</c>: a member of a struct, or the value of a key of a map.</summary>
internal sealed class GetFieldFunction() : ScalarFunction("get_field")
{
    public override string Usage => "(x, 'name', …)";

    public override string Summary => "A member of a struct or the value of a key of a map.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, int.MaxValue);
        var type = arguments.Types[0];
        for (var i = 1; i < arguments.Count; i++)
        {
            type = type.ValueType;
            type = type.Kind switch
            {
                TypeKind.Struct => type.Fields[Ordinal(type, arguments.Constants[i])].Type,
                TypeKind.Map => type.ItemField.Type.Fields[1].Type,
                _ => throw new EngineException(SqlState.DatatypeMismatch, $"The expression to get an indexed field is only valid for structs and maps, not {type}"),
            };
        }
        DataType[] types = [.. arguments.Types];
        if (types[0].ValueType.Kind == TypeKind.Map)
        {
            types[1] = types[0].ValueType.ItemField.Type.Fields[0].Type;
        }
        return new FunctionSignature(types, type);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var current = arguments[0];
        var type = signature.ArgumentTypes[0].ValueType;
        for (var i = 1; i < arguments.Count; i++)
        {
            if (type.Kind == TypeKind.Map)
            {
                var (map, entries) = (type, type.ItemField.Type);
                type = entries.Fields[1].Type;
                var key = Casts.Compile(signature.ArgumentTypes[i], entries.Fields[0].Type, false, arguments[i]);
                current = new KernelExpression(
                    new BuiltRowKernel(new FunctionSignature([i == 1 ? signature.ArgumentTypes[0] : map, entries.Fields[0].Type], type), MapFunctions.Value), current, key);
            }
            else
            {
                var ordinal = Ordinal(type, (arguments[i] as LiteralExpression)?.Value);
                arguments[i].Dispose();
                type = type.Fields[ordinal].Type;
                current = new MemberExpression(type, ordinal, current);
            }
            type = type.ValueType;
        }
        return current;
    }

    private static int Ordinal(DataType type, Scalar? name)
    {
        for (var i = 0; i < type.Fields.Length; i++)
        {
            if (name?.Value is string text && string.Equals(type.Fields[i].Name, text, StringComparison.Ordinal))
            {
                return i;
            }
        }
        throw new EngineException(SqlState.UndefinedColumn, $"Field {name?.Value} not found in struct {type}");
    }
}

/// <summary>A member of a struct: the child itself where no struct is null.</summary>
internal sealed class MemberExpression(DataType type, int ordinal, VectorExpression operand) : VectorExpression(type)
{
    private readonly VectorBuilder builder = VectorBuilder.Create(type.ValueType);
    private Vector? copy;

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        var vector = operand.Evaluate(batch, selection);
        if (vector is StructVector { MayHaveNulls: false } plain)
        {
            return plain.Children[ordinal];
        }
        copy?.Dispose();
        foreach (var row in selection is null ? default : selection.Span)
        {
            Append(vector, row);
        }
        for (var row = 0; selection is null && row < batch.RowCount; row++)
        {
            Append(vector, row);
        }
        builder.PadWithNulls(batch.RowCount);
        copy = builder.Build();
        copy.Relabel(Type);
        return copy;
    }

    public override void Dispose()
    {
        base.Dispose();
        operand.Dispose();
        builder.Dispose();
        copy?.Dispose();
    }

    private void Append(Vector vector, int row)
    {
        builder.PadWithNulls(row);
        if (vector.IsNull(row))
        {
            builder.AppendNull();
            return;
        }
        var at = row;
        var structs = (StructVector)vector.Resolve(ref at);
        builder.Append(structs.Children[ordinal], at);
    }
}
