using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>The constants of an IN. Most bounds have one of the first between them; for others they are put in order, once an expression, and found by halving.</summary>
internal sealed class ListedConstants
{
    /// <summary>Constants that are compared before they are put in order.</summary>
    private const int First = 8;

    private static readonly ConditionalWeakTable<BoundIn, ListedConstants> Known = [];

    private readonly List<object> values = [];

    /// <summary>Whether the values have an order that bounds share.</summary>
    private readonly bool haveOrder = true;
    private volatile object[]? ordered;

    private ListedConstants(BoundIn list)
    {
        foreach (var item in list.Items)
        {
            if (item is not BoundLiteral literal)
            {
                return;
            }
            // NULL equals nothing.
            if (literal.Value is { IsNull: false } value)
            {
                haveOrder &= !BoundOrder.IsNaN(value.Value!) && (values.Count == 0 || BoundOrder.Compare(value.Value!, values[0]) is not null);
                values.Add(value.Value!);
            }
        }
        AreAll = true;
    }

    /// <summary>Whether there is nothing but constants.</summary>
    public bool AreAll { get; }

    public static ListedConstants Of(BoundIn list) => Known.GetValue(list, static list => new ListedConstants(list));

    /// <summary>Whether some constant may lie between two bounds, both included. Errs on the side of yes.</summary>
    public bool MayLieBetween(Scalar? min, Scalar? max)
    {
        if (!haveOrder)
        {
            return true;
        }
        for (var i = 0; i < Math.Min(values.Count, First); i++)
        {
            if ((min?.Value is not { } low || BoundOrder.Compare(values[i], low) is not < 0)
                && (max?.Value is not { } high || BoundOrder.Compare(values[i], high) is not > 0))
            {
                return true;
            }
        }
        return values.Count > First && FindBetween(ordered ??= InOrder(), min, max);
    }

    private object[] InOrder()
    {
        object[] keys = [.. values.Select(BoundOrder.KeyOf)];
        Array.Sort(keys, static (left, right) => BoundOrder.Compare(left, right)!.Value);
        return keys;
    }

    private static bool FindBetween(object[] ordered, Scalar? min, Scalar? max)
    {
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
