using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Casts the items of lists (and the entries of maps).</summary>
internal sealed unsafe class ListCastKernel(DataType from, DataType to, bool isTry) : Kernel(to)
{
    private readonly Kernel? items = Casts.CreateItemKernel(from.ItemField.Type, to.ItemField.Type, isTry);

    public override Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        reuse?.Dispose();
        if (Type.Kind == TypeKind.FixedSizeList)
        {
            CheckWidths(arguments[0], new RowSet(selection, rowCount, null));
        }
        var list = (ListVector)NestedRows.Copy(arguments[0], from, selection, rowCount);
        if (items is null)
        {
            list.Items.Relabel(Type.ItemField.Type);
            list.Relabel(Type);
            return list;
        }
        ListVector? result = null;
        try
        {
            var cast = items.Compute([list.Items], null, list.Items.Length, null);
            result = new ListVector(Type, cast) { OwnsItems = true };
            result.Prepare(cast, rowCount);
            new ReadOnlySpan<int>(list.Offsets, rowCount + 1).CopyTo(new Span<int>(result.Offsets, rowCount + 1));
            NestedRows.CopyNulls(list, result, rowCount);
            return result;
        }
        catch
        {
            result?.Dispose();
            throw;
        }
        finally
        {
            list.Dispose();
        }
    }

    private void CheckWidths(Vector source, RowSet rows)
    {
        var lists = new ListReader(source);
        foreach (var row in rows)
        {
            if (!source.IsNull(row) && lists.Count(row) != Type.Width)
            {
                Throw.Engine(SqlState.DataException, $"A list of {lists.Count(row)} items does not fit {Type}");
            }
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        items?.Dispose();
    }
}

/// <summary>Makes lists of one item.</summary>
internal sealed unsafe class ToListKernel(DataType from, DataType to, bool isTry) : Kernel(to)
{
    private readonly Kernel? items = Casts.CreateItemKernel(from, to.ItemField.Type, isTry);

    public override Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        reuse?.Dispose();
        if (items is null)
        {
            return Build(arguments[0], selection, rowCount);
        }
        using var cast = items.Compute(arguments, selection, rowCount, null);
        return Build(cast, selection, rowCount);
    }

    private Vector Build(Vector source, Selection? selection, int rowCount)
    {
        using var builder = new ListVectorBuilder(Type);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            builder.PadWithNulls(row);
            if (source.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Items.Append(source, row);
                builder.EndList();
            }
        }
        builder.PadWithNulls(rowCount);
        return builder.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        items?.Dispose();
    }
}

/// <summary>Casts the members of structs, paired by name where names agree, else by position; members that are missing are null.</summary>
internal sealed unsafe class StructCastKernel : Kernel
{
    private readonly DataType from;
    private readonly int[] sources;
    private readonly Kernel?[] members;

    public StructCastKernel(DataType from, DataType to, bool isTry)
        : base(to)
    {
        this.from = from;
        sources = new int[to.Fields.Length];
        members = new Kernel?[to.Fields.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = StructMembers.Find(from, to, i);
            members[i] = sources[i] < 0 ? null : Casts.CreateItemKernel(from.Fields[sources[i]].Type, to.Fields[i].Type, isTry);
        }
    }

    public override Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        reuse?.Dispose();
        var plain = (StructVector)NestedRows.Copy(arguments[0], from, selection, rowCount);
        var children = new Vector?[sources.Length];
        StructVector? result = null;
        try
        {
            for (var i = 0; i < children.Length; i++)
            {
                children[i] = sources[i] < 0 ? NestedRows.AllNull(Type.Fields[i].Type, rowCount)
                    : members[i]?.Compute([plain.Children[sources[i]]], null, rowCount, null);
            }
            var owned = TakeChildren(plain, children);
            result = new StructVector(Type, owned, rowCount) { OwnsChildren = true };
            NestedRows.CopyNulls(plain, result, rowCount);
            return result;
        }
        catch
        {
            result?.Dispose();
            if (result is null)
            {
                foreach (var child in children)
                {
                    child?.Dispose();
                }
            }
            throw;
        }
        finally
        {
            plain.Dispose();
        }
    }

    /// <summary>Fills the gaps in <paramref name="children"/> with members that need no cast; <paramref name="plain"/> then owns none of its own.</summary>
    private Vector[] TakeChildren(StructVector plain, Vector?[] children)
    {
        var taken = new bool[plain.Children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            if (children[i] is null)
            {
                children[i] = plain.Children[sources[i]];
                children[i]!.Relabel(Type.Fields[i].Type);
                taken[sources[i]] = true;
            }
        }
        plain.OwnsChildren = false;
        for (var i = 0; i < taken.Length; i++)
        {
            if (!taken[i])
            {
                plain.Children[i].Dispose();
            }
        }
        return children!;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var member in members)
        {
            member?.Dispose();
        }
    }
}

/// <summary>Steps that casts of nested values share.</summary>
internal static unsafe class NestedRows
{
    /// <summary>A plain copy, without dictionaries and constants, in which rows that nobody asked for are null.</summary>
    public static Vector Copy(Vector source, DataType type, Selection? selection, int rowCount)
    {
        using var builder = VectorBuilder.Create(type, rowCount);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            builder.PadWithNulls(row);
            builder.Append(source, row);
        }
        builder.PadWithNulls(rowCount);
        return builder.Build();
    }

    public static Vector AllNull(DataType type, int rowCount)
    {
        using var builder = VectorBuilder.Create(type, rowCount);
        for (var row = 0; row < rowCount; row++)
        {
            builder.AppendNull();
        }
        return builder.Build();
    }

    public static void CopyNulls(Vector from, Vector to, int rowCount)
    {
        if (from.Validity != null)
        {
            var words = Bitmap.WordCount(rowCount);
            new ReadOnlySpan<ulong>(from.Validity, words).CopyTo(new Span<ulong>(to.PrepareValidity(rowCount), words));
        }
    }
}
