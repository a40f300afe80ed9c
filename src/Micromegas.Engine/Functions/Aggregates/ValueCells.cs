using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>One value of any type a group, for first_value and the like: each kept as a vector of one row.</summary>
internal sealed class ValueCells(DataType type) : IDisposable
{
    private readonly VectorBuilder builder = VectorBuilder.Create(type.ValueType);
    private Vector?[] cells = [];

    public long Bytes { get; private set; }

    public void Resize(int count)
    {
        if (count > cells.Length)
        {
            Array.Resize(ref cells, Math.Max(count, cells.Length * 2));
        }
    }

    public bool IsSet(int group) => cells[group] is not null;

    /// <summary>The value of a group as row 0 of a vector; null when there is none yet.</summary>
    public Vector? this[int group] => cells[group];

    /// <summary>Keeps a copy of a value, which may be null.</summary>
    public void Set(int group, Vector source, int row)
    {
        builder.Append(source, row);
        if (cells[group] is { } old)
        {
            Bytes -= old.OwnedBytes + 128;
            old.Dispose();
        }
        var cell = builder.Build();
        cells[group] = cell;
        Bytes += cell.OwnedBytes + 128;
    }

    /// <summary>The values of a range of groups; null where there is none.</summary>
    public Vector Export(int start, int count)
    {
        using var output = VectorBuilder.Create(type, count);
        for (var group = start; group < start + count; group++)
        {
            if (cells[group] is { } cell)
            {
                output.Append(cell, 0);
            }
            else
            {
                output.AppendNull();
            }
        }
        var vector = output.Build();
        vector.Relabel(type);
        return vector;
    }

    public Vector ExportIsSet(int start, int count)
    {
        using var output = new BitVectorBuilder();
        for (var group = start; group < start + count; group++)
        {
            output.Append(cells[group] is not null);
        }
        return output.Build();
    }

    public void Dispose()
    {
        builder.Dispose();
        foreach (var cell in cells)
        {
            cell?.Dispose();
        }
        cells = [];
    }
}
