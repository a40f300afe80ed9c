using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A growing list of values a group: all values lie in one builder, each group chains the rows that are its own.</summary>
internal sealed unsafe class ListCells : IDisposable
{
    private readonly DataType type;
    private readonly VectorBuilder values;
    private GroupArray<int> first;
    private GroupArray<int> last;
    private GroupArray<int> counts;
    private GroupArray<int> next;
    private Vector? built;

    public ListCells(DataType type)
    {
        this.type = type;
        values = VectorBuilder.Create(type.ValueType);
    }

    public long Bytes => values.AllocatedBytes + first.Bytes + last.Bytes + counts.Bytes + next.Bytes;

    /// <summary>Bytes of memory that adding so many values like those so far asks for.</summary>
    public long GrowthBytes(int more) => built is null ? values.GrowthBytes(more) + next.GrowthBytes(values.Length + more) : 0;

    public void Resize(int count)
    {
        first.Resize(count, -1);
        last.Resize(count, -1);
        counts.Resize(count);
    }

    public int Count(int group) => counts.Items[group];

    /// <summary>Appends a value unless the group has <paramref name="limit"/> already.</summary>
    public void Append(int group, Vector source, int row, int limit = int.MaxValue)
    {
        if (counts.Items[group] >= limit)
        {
            return;
        }
        Reopen();
        var at = values.Length;
        values.Append(source, row);
        next.Resize(at + 1);
        next.Items[at] = -1;
        if (last.Items[group] < 0)
        {
            first.Items[group] = at;
        }
        else
        {
            next.Items[last.Items[group]] = at;
        }
        last.Items[group] = at;
        counts.Items[group]++;
    }

    /// <summary>The values of a group in order, valid until the next change; the caller does not own it.</summary>
    public Vector this[int group]
    {
        get
        {
            using var builder = VectorBuilder.Create(type.ValueType, counts.Items[group]);
            var source = Build();
            for (var at = first.Items[group]; at >= 0; at = next.Items[at])
            {
                builder.Append(source, at);
            }
            current?.Dispose();
            return current = builder.Build();
        }
    }

    private Vector? current;

    /// <summary>One list a group; null for a group without values.</summary>
    public ListVector Export(int start, int count, DataType? listType = null)
    {
        using var builder = new ListVectorBuilder(listType ?? DataType.List(type));
        var source = Build();
        for (var group = start; group < start + count; group++)
        {
            if (counts.Items[group] == 0)
            {
                builder.AppendNull();
                continue;
            }
            for (var at = first.Items[group]; at >= 0; at = next.Items[at])
            {
                builder.Items.Append(source, at);
            }
            builder.EndList();
        }
        return (ListVector)builder.Build();
    }

    /// <summary>Appends the lists of exported state.</summary>
    public void Import(Vector lists, int* groups, int rowCount, int limit = int.MaxValue)
    {
        var reader = new ListReader(lists);
        for (var row = 0; row < rowCount; row++)
        {
            if (lists.IsNull(row))
            {
                continue;
            }
            for (var at = reader.Start(row); at < reader.End(row); at++)
            {
                Append(groups[row], reader.Items, at, limit);
            }
        }
    }

    public void Dispose()
    {
        values.Dispose();
        first.Dispose();
        last.Dispose();
        counts.Dispose();
        next.Dispose();
        built?.Dispose();
        current?.Dispose();
    }

    private Vector Build() => built ??= values.Build();

    private void Reopen()
    {
        if (built is not null)
        {
            values.AppendRange(built, 0, built.Length);
            built.Dispose();
            built = null;
        }
    }
}
