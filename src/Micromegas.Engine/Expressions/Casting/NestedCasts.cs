using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Casts the items of lists (and the entries of maps).</summary>
internal sealed unsafe class ListCastKernel(DataType from, DataType to, bool isTry) : Kernel(to)
{
    private readonly Kernel? items = Casts.CreateItemKernel(from.ItemField.Type, to.ItemField.Type, isTry);

    public override Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        reuse?.Dispose();
        using var builder = new ListVectorBuilder(from);
        var source = arguments[0];
        var next = 0;
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            for (; next < row; next++)
            {
                builder.AppendNull();
            }
            if (Type.Kind == TypeKind.FixedSizeList && !source.IsNull(row) && new ListReader(source).Count(row) != Type.Width)
            {
                Throw.Engine(SqlState.DataException, $"A list of {new ListReader(source).Count(row)} items does not fit {Type}");
            }
            builder.Append(source, row);
            next = row + 1;
        }
        for (; next < rowCount; next++)
        {
            builder.AppendNull();
        }
        var list = (ListVector)builder.Build();
        if (items is null)
        {
            list.Items.Relabel(Type.ItemField.Type);
            list.Relabel(Type);
            return list;
        }
        var cast = items.Compute([list.Items], null, list.Items.Length, null);
        var result = new ListVector(Type, cast) { OwnsItems = true };
        result.Prepare(cast, rowCount);
        new ReadOnlySpan<int>(list.Offsets, rowCount + 1).CopyTo(new Span<int>(result.Offsets, rowCount + 1));
        if (list.Validity != null)
        {
            var bits = result.PrepareValidity(rowCount);
            new ReadOnlySpan<ulong>(list.Validity, Bitmap.WordCount(rowCount)).CopyTo(new Span<ulong>(bits, Bitmap.WordCount(rowCount)));
        }
        list.Dispose();
        return result;
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
        var source = items is null ? arguments[0] : items.Compute(arguments, selection, rowCount, null);
        using var builder = new ListVectorBuilder(Type);
        var next = 0;
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            for (; next < row; next++)
            {
                builder.AppendNull();
            }
            if (source.IsNull(row))
            {
                builder.AppendNull();
            }
            else
            {
                builder.Items.Append(source, row);
                builder.EndList();
            }
            next = row + 1;
        }
        for (; next < rowCount; next++)
        {
            builder.AppendNull();
        }
        if (items is not null)
        {
            source.Dispose();
        }
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
        // A copy brings dictionaries and constants into plain form and leaves rows that nobody asked for null.
        using var builder = new StructVectorBuilder(from);
        var next = 0;
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            for (; next < row; next++)
            {
                builder.AppendNull();
            }
            builder.Append(arguments[0], row);
            next = row + 1;
        }
        for (; next < rowCount; next++)
        {
            builder.AppendNull();
        }
        var plain = (StructVector)builder.Build();
        var children = new Vector[sources.Length];
        var taken = new bool[plain.Children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            if (sources[i] < 0)
            {
                using var nulls = VectorBuilder.Create(Type.Fields[i].Type, rowCount);
                for (var row = 0; row < rowCount; row++)
                {
                    nulls.AppendNull();
                }
                children[i] = nulls.Build();
            }
            else if (members[i] is { } member)
            {
                children[i] = member.Compute([plain.Children[sources[i]]], null, rowCount, null);
            }
            else
            {
                children[i] = plain.Children[sources[i]];
                children[i].Relabel(Type.Fields[i].Type);
                taken[sources[i]] = true;
            }
        }
        var result = new StructVector(Type, children, rowCount) { OwnsChildren = true };
        if (plain.Validity != null)
        {
            var bits = result.PrepareValidity(rowCount);
            new ReadOnlySpan<ulong>(plain.Validity, Bitmap.WordCount(rowCount)).CopyTo(new Span<ulong>(bits, Bitmap.WordCount(rowCount)));
        }
        for (var i = 0; i < taken.Length; i++)
        {
            if (!taken[i])
            {
                plain.Children[i].Dispose();
            }
        }
        plain.OwnsChildren = false;
        plain.Dispose();
        return result;
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
