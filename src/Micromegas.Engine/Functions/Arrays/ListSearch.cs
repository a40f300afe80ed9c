using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Looks for items in lists.</summary>
internal static class ListSearch
{
    /// <summary>Index (in the list's items) of the first item from <paramref name="skip"/> on that equals argument 1; -1 for none.</summary>
    public static int IndexOf(RowArguments a, int row, long skip)
    {
        var list = a.List(0);
        var end = list.End(row);
        var at = list.Start(row) + skip;
        if (list.Items is BinaryVector texts && !texts.MayHaveNulls && a[1].Type.Storage == StorageKind.Bytes && !a.IsNull(1, row))
        {
            var wanted = a.Text(1, row);
            for (; at < end; at++)
            {
                if (texts[(int)at].SequenceEqual(wanted))
                {
                    return (int)at;
                }
            }
            return -1;
        }
        for (; at < end; at++)
        {
            if (ValueOrder.Equal(list.Items, (int)at, a[1], row))
            {
                return (int)at;
            }
        }
        return -1;
    }

    public static ulong? Position(RowArguments a, int row)
    {
        if (a.IsNull(0, row))
        {
            return null;
        }
        var from = a.Count > 2 ? a.Int64(2, row) : 1;
        if (from < 1)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"start_from out of bounds: {from}");
        }
        var index = IndexOf(a, row, from - 1);
        return index < 0 ? null : (ulong)(index - a.List(0).Start(row)) + 1;
    }

    public static void Positions(RowArguments a, int row, VectorBuilder output)
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
            if (ValueOrder.Equal(list.Items, i, a[1], row))
            {
                target.Items.AppendValue((ulong)(i - list.Start(row)) + 1);
            }
        }
        target.EndList();
    }

    /// <summary>How many items are not null.</summary>
    public static ulong CountValues(RowArguments a, int row)
    {
        var list = a.List(0);
        ulong count = 0;
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            count += list.Items.IsNull(i) ? 0u : 1u;
        }
        return count;
    }

    /// <summary>Whether every item of list 1 is in list 0.</summary>
    public static bool HasAll(RowArguments a, int row)
    {
        var (list, wanted) = (a.List(0), a.List(1));
        for (var i = wanted.Start(row); i < wanted.End(row); i++)
        {
            if (!Contains(list, row, wanted.Items, i))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether some item of list 1 is in list 0.</summary>
    public static bool HasAny(RowArguments a, int row)
    {
        var (list, wanted) = (a.List(0), a.List(1));
        for (var i = wanted.Start(row); i < wanted.End(row); i++)
        {
            if (Contains(list, row, wanted.Items, i))
            {
                return true;
            }
        }
        return false;
    }

    public static bool Contains(ListReader list, int row, Vector item, int at)
    {
        for (var i = list.Start(row); i < list.End(row); i++)
        {
            if (ValueOrder.Equal(list.Items, i, item, at))
            {
                return true;
            }
        }
        return false;
    }
}
