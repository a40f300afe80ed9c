using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Sizes of (nested) lists.</summary>
internal static class ListShape
{
    /// <summary>Items of the n-th dimension, of the first item where lists are nested; null where there is no such dimension.</summary>
    public static ulong? Length(Vector vector, int row, long dimension)
    {
        if (dimension < 1)
        {
            return null;
        }
        for (; ; dimension--)
        {
            if (vector.IsNull(row) || vector.Resolve(ref row) is not ListVector list)
            {
                return null;
            }
            var reader = new ListReader(list);
            if (dimension == 1)
            {
                return (ulong)reader.Count(row);
            }
            if (reader.Count(row) == 0)
            {
                return null;
            }
            (vector, row) = (reader.Items, reader.Start(row));
        }
    }

    public static ulong Depth(DataType type)
    {
        ulong depth = 0;
        for (; type.IsList; type = type.ItemField.Type)
        {
            depth++;
        }
        return depth;
    }

    public static void Dimensions(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        if (Depth(a.Type(0)) == 1 && a.List(0).Count(row) == 0)
        {
            // Upstream finds no dimension in an empty list, but two in a list of one.
            output.AppendNull();
            return;
        }
        for (long i = 1; i <= (long)Depth(a.Type(0)); i++)
        {
            if (Length(a[0], row, i) is { } length)
            {
                target.Items.AppendValue(length);
            }
        }
        target.EndList();
    }
}

/// <summary><c>cardinality</c>: of a list the product of its dimensions, of a map its entries.</summary>
internal sealed class CardinalityFunction() : ScalarFunction("cardinality")
{
    public override string Usage => "(list or map)";

    public override string Summary => "Number of items of all dimensions, or of entries.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments) => Accept.Match(
        Name, arguments, 1, [static type => type.ValueType.Kind == TypeKind.Map ? type.ValueType : ListAccept.List(type)], static _ => DataType.UInt64);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new NullableRowKernel<ulong>(signature, Count), [.. arguments]);

    private static ulong? Count(RowArguments a, int row)
    {
        if (a.Type(0).Kind == TypeKind.Map)
        {
            return (ulong)a.List(0).Count(row);
        }
        ulong count = 1;
        for (long i = 1; i <= (long)ListShape.Depth(a.Type(0)); i++)
        {
            count *= ListShape.Length(a[0], row, i) ?? 0;
        }
        return count;
    }
}
