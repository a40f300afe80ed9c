using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>The constants of an IN, in order: whether one lies between two bounds is found by halving. Worked out once an expression.</summary>
internal sealed class ListedConstants
{
    private static readonly ConditionalWeakTable<BoundIn, ListedConstants> Known = [];

    /// <summary>Null where the values have no order that bounds share.</summary>
    private readonly object[]? ordered;

    private ListedConstants(BoundIn list)
    {
        var values = new List<object>(list.Items.Count);
        foreach (var item in list.Items)
        {
            // NULL equals nothing.
            if (((BoundLiteral)item).Value is { IsNull: false } value)
            {
                if (BoundOrder.IsNaN(value.Value!))
                {
                    return;
                }
                values.Add(BoundOrder.KeyOf(value.Value!));
            }
        }
        if (values.TrueForAll(value => BoundOrder.Compare(value, values[0]) is not null))
        {
            values.Sort(static (left, right) => BoundOrder.Compare(left, right)!.Value);
            ordered = [.. values];
        }
    }

    public static ListedConstants Of(BoundIn list) => Known.GetValue(list, static list => new ListedConstants(list));

    /// <summary>Whether some constant may lie between two bounds, both included. Errs on the side of yes.</summary>
    public bool MayLieBetween(Scalar? min, Scalar? max)
    {
        if (ordered is null)
        {
            return true;
        }
        var first = 0;
        if (min?.Value is { } least)
        {
            var bound = BoundOrder.KeyOf(least);
            var end = ordered.Length;
            while (first < end)
            {
                var middle = (first + end) / 2;
                if (BoundOrder.Compare(ordered[middle], bound) is not { } order)
                {
                    return true;
                }
                (first, end) = order < 0 ? (middle + 1, end) : (first, middle);
            }
        }
        return first < ordered.Length && (max?.Value is not { } greatest || BoundOrder.Compare(ordered[first], BoundOrder.KeyOf(greatest)) is not > 0);
    }
}

/// <summary>The order of the values of statistics.</summary>
internal static class BoundOrder
{
    /// <summary>What a value is compared by: texts by their bytes.</summary>
    public static object KeyOf(object value) => value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : value;

    /// <summary>Order of two keys of one type; null when it cannot be told.</summary>
    public static int? Compare(object left, object right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (Int256 a, Int256 b) => a.CompareTo(b),
        (IComparable a, { } b) when a.GetType() == b.GetType() => a.CompareTo(b),
        _ => null,
    };

    /// <summary>Bounds leave NaN out.</summary>
    public static bool IsNaN(object value) => value switch
    {
        double number => double.IsNaN(number),
        float number => float.IsNaN(number),
        Half number => Half.IsNaN(number),
        _ => false,
    };
}
