using System.Runtime.InteropServices;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Lists as sets, and their order. Items come in the order of their first appearance.</summary>
internal static class ListSets
{
    public static void Distinct(RowArguments a, int row, VectorBuilder output)
    {
        var list = a.List(0);
        AppendDistinct((ListVectorBuilder)output, [(list, row)], static _ => true);
    }

    public static void Union(RowArguments a, int row, VectorBuilder output) =>
        AppendDistinct((ListVectorBuilder)output, [(a.List(0), row), (a.List(1), row)], static _ => true);

    public static void Intersect(RowArguments a, int row, VectorBuilder output)
    {
        var (list, other) = (a.List(0), a.List(1));
        AppendDistinct((ListVectorBuilder)output, [(list, row)], at => ListSearch.Contains(other, row, list.Items, at));
    }

    public static void Except(RowArguments a, int row, VectorBuilder output)
    {
        var (list, other) = (a.List(0), a.List(1));
        AppendDistinct((ListVectorBuilder)output, [(list, row)], at => !ListSearch.Contains(other, row, list.Items, at));
    }

    /// <summary>The value that comes most often, of several the one that comes first; null where there is none.</summary>
    public static void Mode(RowArguments a, int row, VectorBuilder output)
    {
        var list = a.List(0);
        var counts = new Dictionary<Item, int>();
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, new Item(list.Items, i), out _)++;
            }
        }
        var best = -1;
        var most = 0;
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i) && counts[new Item(list.Items, i)] is var count && count > most)
            {
                (best, most) = (i, count);
            }
        }
        if (best < 0)
        {
            output.AppendNull();
        }
        else
        {
            output.Append(list.Items, best);
        }
    }

    /// <summary>Sorted, ascending with nulls first unless the texts DESC and NULLS LAST say otherwise.</summary>
    public static void Sort(RowArguments a, int row, VectorBuilder output)
    {
        var descending = a.Count > 1 && IsWord(a, 1, row, "DESC", "ASC");
        var nullsLast = a.Count > 2 && IsWord(a, 2, row, "NULLS LAST", "NULLS FIRST");
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        var order = new int[list.Count(row)];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = list.Start(row) + i;
        }
        var items = list.Items;
        Array.Sort(order, (x, y) =>
        {
            var (xNull, yNull) = (items.IsNull(x), items.IsNull(y));
            if (xNull || yNull)
            {
                return nullsLast ? xNull.CompareTo(yNull) : yNull.CompareTo(xNull);
            }
            var compared = ValueOrder.Compare(items, x, items, y);
            return descending ? -compared : compared;
        });
        foreach (var at in order)
        {
            target.Items.Append(items, at);
        }
        target.EndList();
    }

    public static void Extreme(RowArguments a, int row, VectorBuilder output, bool isMax)
    {
        var list = a.List(0);
        var best = -1;
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (list.Items.IsNull(i))
            {
                continue;
            }
            var order = best < 0 ? 0 : ValueOrder.Compare(list.Items, i, list.Items, best);
            if (best < 0 || (isMax ? order > 0 : order < 0))
            {
                best = i;
            }
        }
        if (best < 0)
        {
            output.AppendNull();
        }
        else
        {
            output.Append(list.Items, best);
        }
    }

    private static bool IsWord(RowArguments a, int ordinal, int row, string wanted, string other)
    {
        var word = Encoding.UTF8.GetString(a.Text(ordinal, row));
        if (!string.Equals(word, wanted, StringComparison.OrdinalIgnoreCase) && !string.Equals(word, other, StringComparison.OrdinalIgnoreCase))
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"array_sort expects '{other}' or '{wanted}', not '{word}'");
        }
        return string.Equals(word, wanted, StringComparison.OrdinalIgnoreCase);
    }

    private static void AppendDistinct(ListVectorBuilder target, ReadOnlySpan<(ListReader List, int Row)> lists, Func<int, bool> keep)
    {
        var seen = new HashSet<Item>();
        foreach (var (list, row) in lists)
        {
            for (var i = list.Start(row); i < list.End(row); i++)
            {
                if (keep(i) && seen.Add(new Item(list.Items, i)))
                {
                    target.Items.Append(list.Items, i);
                }
            }
        }
        target.EndList();
    }

    /// <summary>An item by its value.</summary>
    private readonly struct Item(Vector vector, int row) : IEquatable<Item>
    {
        public bool Equals(Item other) => ValueOrder.Equal(vector, row, other.Vector, other.Row);

        public override bool Equals(object? obj) => obj is Item other && Equals(other);

        public override int GetHashCode() => ValueHash.Of(vector, row);

        private Vector Vector => vector;

        private int Row => row;
    }
}
