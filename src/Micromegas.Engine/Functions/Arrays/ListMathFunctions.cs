using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Lists as vectors of numbers.</summary>
internal static class ListMathFunctions
{
    private delegate double? PairOfLists(ReadOnlySpan<double> left, ReadOnlySpan<double> right);

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Pair("array_distance", "Euclidean distance.", static (a, b) => Math.Sqrt(Sum(a, b, static (x, y) => (x - y) * (x - y))), "list_distance"),
        Pair("inner_product", "Sum of the products.", static (a, b) => Sum(a, b, static (x, y) => x * y), "dot_product", "list_inner_product", "array_inner_product"),
        Pair("cosine_distance", "One minus the cosine of the angle; null for a zero vector.", Cosine, "list_cosine_distance", "array_cosine_distance"),
        new DefinedFunction(
            "array_normalize", "(list)", "The vector of length 1 in the same direction.",
            static arguments => Accept.Match("array_normalize", arguments, 1, [ListAccept.Numbers], static types => types[0]),
            static s => new BuiltRowKernel(s, Normalize), "list_normalize"),
    ];

    private static DefinedFunction Pair(string name, string summary, PairOfLists compute, params string[] aliases) => new(
        name, "(list, list)", summary, arguments => Accept.Match(name, arguments, 2, [ListAccept.Numbers, ListAccept.Numbers], static _ => DataType.Float64),
        s => new NullableRowKernel<double>(s, (a, row) => Compute(name, a, row, compute)), aliases)
    {
        CanFail = true,
    };

    private static double? Compute(string name, RowArguments a, int row, PairOfLists compute)
    {
        if (Items(a, 0, row) is not { } left || Items(a, 1, row) is not { } right)
        {
            return null;
        }
        if (left.Length != right.Length)
        {
            Throw.Engine(SqlState.DataException, $"{name}: the lists have {left.Length} and {right.Length} items");
        }
        return compute(left, right);
    }

    /// <summary>The numbers of a list; null when one of them is.</summary>
    private static double[]? Items(RowArguments a, int ordinal, int row)
    {
        var list = a.List(ordinal);
        var numbers = new double[list.Count(row)];
        var reader = new FlatReader<double>(list.Items);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (list.Items.IsNull(list.Start(row) + i))
            {
                return null;
            }
            numbers[i] = reader[list.Start(row) + i];
        }
        return numbers;
    }

    private static double Sum(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Func<double, double, double> term)
    {
        double sum = 0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += term(left[i], right[i]);
        }
        return sum;
    }

    private static double? Cosine(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var lengths = Math.Sqrt(Sum(left, left, static (x, y) => x * y) * Sum(right, right, static (x, y) => x * y));
        return lengths == 0 ? null : 1 - (Sum(left, right, static (x, y) => x * y) / lengths);
    }

    private static void Normalize(RowArguments a, int row, VectorBuilder output)
    {
        if (Items(a, 0, row) is not { } numbers)
        {
            output.AppendNull();
            return;
        }
        var length = Math.Sqrt(Sum(numbers, numbers, static (x, y) => x * y));
        if (length == 0)
        {
            output.AppendNull();
            return;
        }
        var list = (ListVectorBuilder)output;
        foreach (var number in numbers)
        {
            ((FlatVectorBuilder<double>)list.Items).Append(number / length);
        }
        list.EndList();
    }
}
