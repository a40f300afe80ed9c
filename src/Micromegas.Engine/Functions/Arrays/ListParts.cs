using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Parts of lists, and lists with items added, removed and replaced.</summary>
internal static class ListParts
{
    private const int MaxItems = 1 << 27;

    /// <summary>Item n, from the end when negative; null when there is none.</summary>
    public static void Element(RowArguments a, int row, VectorBuilder output)
    {
        var list = a.List(0);
        var n = a.Int64(1, row);
        var index = n > 0 ? n - 1 : list.Count(row) + n;
        if (n == 0 || index < 0 || index >= list.Count(row))
        {
            output.AppendNull();
            return;
        }
        output.Append(list.Items, (int)(list.Start(row) + index));
    }

    /// <summary>Items from one position to another, both included; negative ones count from the end.</summary>
    public static void Slice(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        var count = list.Count(row);
        var from = a.Int64(1, row);
        var to = a.Int64(2, row);
        var step = a.Count > 3 ? a.Int64(3, row) : 1;
        if (step == 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "array_slice: the stride must not be zero");
        }
        from = from < 0 ? Math.Max(count + from, step > 0 ? 0 : -1) : Math.Max(from, 1) - 1;
        to = to < 0 ? count + to : to - 1;
        to = Math.Min(to, count - 1);
        from = step < 0 ? Math.Min(from, count - 1) : from;
        for (var i = from; step > 0 ? i <= to : i >= Math.Max(to, 0); i += Math.Clamp(step, -MaxItems, MaxItems))
        {
            target.Items.Append(list.Items, list.Start(row) + (int)i);
        }
        target.EndList();
    }

    /// <summary>The list without some items at both ends.</summary>
    public static void Range(RowArguments a, int row, VectorBuilder output, int skipFirst, int skipLast)
    {
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        target.Items.AppendRange(
            list.Items, list.Start(row) + Math.Min(skipFirst, list.Count(row)), Math.Max(list.Count(row) - skipFirst - skipLast, 0));
        target.EndList();
    }

    public static void AnyValue(RowArguments a, int row, VectorBuilder output)
    {
        var list = a.List(0);
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i))
            {
                output.Append(list.Items, i);
                return;
            }
        }
        output.AppendNull();
    }

    public static void Compact(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i))
            {
                target.Items.Append(list.Items, i);
            }
        }
        target.EndList();
    }

    public static void Reverse(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        for (var i = list.End(row) - 1; i >= list.Start(row); i--)
        {
            target.Items.Append(list.Items, i);
        }
        target.EndList();
    }

    /// <summary>The items of a list of lists, one level down.</summary>
    public static void Flatten(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        if (!a.Type(0).ItemField.Type.ValueType.IsList)
        {
            output.Append(a[0], row);
            return;
        }
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (!list.Items.IsNull(i))
            {
                var inner = new ListReader(list.Items);
                target.Items.AppendRange(inner.Items, inner.Start(i), inner.Count(i));
            }
        }
        target.EndList();
    }

    public static void Resize(RowArguments a, int row, VectorBuilder output)
    {
        if (a.IsNull(0, row) || a.IsNull(1, row))
        {
            output.AppendNull();
            return;
        }
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        var size = a.Int64(1, row);
        CheckCount(size);
        target.Items.AppendRange(list.Items, list.Start(row), (int)Math.Min(size, list.Count(row)));
        for (long i = list.Count(row); i < size; i++)
        {
            if (a.Count > 2 && !a.IsNull(2, row))
            {
                target.Items.Append(a[2], row);
            }
            else
            {
                target.Items.AppendNull();
            }
        }
        target.EndList();
    }

    /// <summary>The list (nothing when it is null) and an item behind it.</summary>
    public static void Append(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        AppendItems(a, 0, row, target);
        target.Items.Append(a[1], row);
        target.EndList();
    }

    public static void Concat(RowArguments a, int row, VectorBuilder output)
    {
        var target = (ListVectorBuilder)output;
        var isNull = true;
        for (var i = 0; i < a.Count; i++)
        {
            isNull &= a.IsNull(i, row);
            AppendList(a, i, row, target, ListShape.Depth(target.Type) - ListShape.Depth(a.Type(i)));
        }
        if (isNull)
        {
            output.AppendNull();
            return;
        }
        target.EndList();
    }

    /// <summary>Leaves out the first items that equal argument 1, up to a number; null where there is nothing to look for.</summary>
    public static void Remove(RowArguments a, int row, VectorBuilder output, long most)
    {
        if (a.IsNull(1, row))
        {
            output.AppendNull();
            return;
        }
        Change(a, row, output, most, replacement: null);
    }

    /// <summary>Puts argument 2 in the place of the first items that equal argument 1 (a NULL too), up to a number.</summary>
    public static void Replace(RowArguments a, int row, VectorBuilder output, long most) => Change(a, row, output, most, a[2]);

    private static void Change(RowArguments a, int row, VectorBuilder output, long most, Vector? replacement)
    {
        if (a.IsNull(0, row))
        {
            output.AppendNull();
            return;
        }
        var target = (ListVectorBuilder)output;
        var list = a.List(0);
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (most <= 0 || !ValueOrder.Equal(list.Items, i, a[1], row))
            {
                target.Items.Append(list.Items, i);
                continue;
            }
            most--;
            if (replacement is not null)
            {
                target.Items.Append(replacement, row);
            }
        }
        target.EndList();
    }

    /// <summary>Appends a list argument: its items, or where it is less deep than the target, the list itself as an item of it.</summary>
    private static void AppendList(RowArguments a, int ordinal, int row, ListVectorBuilder target, ulong missing)
    {
        if (missing == 0)
        {
            AppendItems(a, ordinal, row, target);
            return;
        }
        if (a.IsNull(ordinal, row))
        {
            return;
        }
        if (missing == 1)
        {
            target.Items.Append(a[ordinal], row);
            return;
        }
        var inner = (ListVectorBuilder)target.Items;
        AppendList(a, ordinal, row, inner, missing - 1);
        inner.EndList();
    }

    /// <summary>Appends all items of a list argument; none of a null one.</summary>
    public static void AppendItems(RowArguments a, int ordinal, int row, ListVectorBuilder target)
    {
        if (!a.IsNull(ordinal, row))
        {
            var list = a.List(ordinal);
            target.Items.AppendRange(list.Items, list.Start(row), list.Count(row));
        }
    }

    public static void CheckCount(Int128 count)
    {
        if (count < 0 || count > MaxItems)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"A list may have up to {MaxItems} items, not {count}");
        }
    }
}
