using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Lists as vectors of numbers. Numbers of any kind count as Float64.</summary>
internal static class ListMathFunctions
{
    private delegate double? PairOfLists(ReadOnlySpan<double> left, ReadOnlySpan<double> right);

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Pair("array_distance", "Euclidean distance.", static (a, b) => Math.Sqrt(Sum(a, b, static (x, y) => (x - y) * (x - y))), "list_distance"),
        Pair("inner_product", "Sum of the products.", static (a, b) => Sum(a, b, static (x, y) => x * y), "dot_product", "list_inner_product", "array_inner_product"),
        Pair("cosine_distance", "One minus the cosine of the angle; null for a zero vector.", Cosine, "list_cosine_distance", "array_cosine_distance"),
        Vector("array_normalize", "(list)", "The vector of length 1 in the same direction.", Normalize, ListAccept.Numbers),
        Vector("array_add", "(list, list)", "The sums of the items at equal positions.", Combine<Add<double>>, ListAccept.Numbers, ListAccept.Numbers),
        Vector("array_subtract", "(list, list)", "The differences of the items at equal positions.", Combine<Subtract<double>>, ListAccept.Numbers, ListAccept.Numbers),
        Vector("array_scale", "(list, x)", "The items times a number.", Scale, ListAccept.Numbers, Accept.Float64),
        Reduction<Add<double>>("array_sum", "The sum of the items that are not null.", 0),
        Reduction<Multiply<double>>("array_product", "The product of the items that are not null.", 1),
        Reduction<Add<double>>("array_avg", "The mean of the items that are not null.", 0, isMean: true),
    ];

    private static string ListName(string name) => "list_" + name[6..];

    private static DefinedFunction Pair(string name, string summary, PairOfLists compute, params string[] aliases) => new(
        name, "(list, list)", summary, arguments => Accept.Match(name, arguments, 2, [ListAccept.Numbers, ListAccept.Numbers], static _ => DataType.Float64),
        s => new NullableRowKernel<double>(s, (a, row) => Compute(name, a, row, compute)), aliases)
    {
        CanFail = true,
    };

    /// <summary>A list of numbers from a list of numbers and more.</summary>
    private static DefinedFunction Vector(string name, string usage, string summary, BuiltRow compute, params Parameter[] parameters) => new(
        name, usage, summary, arguments => Accept.Match(name, arguments, parameters.Length, parameters, static types => types[0]),
        s => new BuiltRowKernel(s, compute), ListName(name))
    {
        CanFail = true,
    };

    /// <summary>One number from a list; null where no item is a value.</summary>
    private static DefinedFunction Reduction<TOperation>(string name, string summary, double neutral, bool isMean = false)
        where TOperation : struct, IVectorOperation<double> => new(
        name, "(list)", summary, arguments => Accept.Match(name, arguments, 1, [ListAccept.Numbers], static _ => DataType.Float64),
        s => new NullableRowKernel<double>(s, (a, row) => Reduce<TOperation>(a, row, neutral, isMean)), ListName(name));

    private static double? Reduce<TOperation>(RowArguments a, int row, double neutral, bool isMean)
        where TOperation : struct, IVectorOperation<double>
    {
        var list = a.List(0);
        var numbers = new FlatReader<double>(list.Items);
        var (result, count) = (neutral, 0);
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i))
            {
                result = TOperation.Invoke(result, numbers[i]);
                count++;
            }
        }
        return count == 0 ? null : isMean ? result / count : result;
    }

    /// <summary>Item by item; null where one of the two is.</summary>
    private static void Combine<TOperation>(RowArguments a, int row, VectorBuilder output)
        where TOperation : struct, IVectorOperation<double>
    {
        var (left, right) = (a.List(0), a.List(1));
        CheckLengths(left.Count(row), right.Count(row));
        var (x, y) = (new FlatReader<double>(left.Items), new FlatReader<double>(right.Items));
        var target = (ListVectorBuilder)output;
        var items = (FlatVectorBuilder<double>)target.Items;
        for (int i = left.Start(row), j = right.Start(row); i < left.End(row); i++, j++)
        {
            if (left.Items.IsNull(i) || right.Items.IsNull(j))
            {
                items.AppendNull();
            }
            else
            {
                items.Append(TOperation.Invoke(x[i], y[j]));
            }
        }
        target.EndList();
    }

    private static void Scale(RowArguments a, int row, VectorBuilder output)
    {
        var list = a.List(0);
        var numbers = new FlatReader<double>(list.Items);
        var factor = a.Float64(1, row);
        var target = (ListVectorBuilder)output;
        var items = (FlatVectorBuilder<double>)target.Items;
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (list.Items.IsNull(i))
            {
                items.AppendNull();
            }
            else
            {
                items.Append(numbers[i] * factor);
            }
        }
        target.EndList();
    }

    private static double? Compute(string name, RowArguments a, int row, PairOfLists compute)
    {
        if (Items(a, 0, row) is not { } left || Items(a, 1, row) is not { } right)
        {
            return null;
        }
        CheckLengths(left.Length, right.Length, name);
        return compute(left, right);
    }

    private static void CheckLengths(int left, int right, string name = "vector arithmetic")
    {
        if (left != right)
        {
            Throw.Engine(SqlState.DataException, $"{name}: the lists have {left} and {right} items");
        }
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
