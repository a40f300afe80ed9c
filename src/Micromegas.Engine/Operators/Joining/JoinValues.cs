using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// The right columns of a small build side whose keys are unique, a value a key: joined rows refer to them by the number of their key instead of copying them, so that who
/// groups or filters by such a column looks at each value once.
/// </summary>
internal sealed unsafe class JoinValues : IDisposable
{
    private const int MostKeys = 4096;
    private const long MostBytes = 1 << 20;

    private readonly Vector?[] columns;

    private JoinValues(Vector?[] columns) => this.columns = columns;

    /// <summary>The values of a right column; null where they are copied.</summary>
    public Vector? this[int column] => columns[column];

    /// <summary>The values of an indexed build side; null where it is too large, or has no column that pays.</summary>
    public static JoinValues? Create(JoinTable table, JoinSpec spec)
    {
        var keys = table.Keys.Count;
        if (!table.IsUnique || keys is 0 or > MostKeys || spec.RightColumns.Count == 0 || spec.Context.Options.FlattenDictionaries)
        {
            return null;
        }
        var left = Math.Min(MostBytes, spec.Context.Budget.Limit >> 7);
        var columns = new Vector?[spec.RightColumns.Count];
        using var ids = new NativeList<int>();
        using var reader = table.Rows.CreateReader();
        for (var key = 0; key < keys; key++)
        {
            ids.Add(table.RowsOf(key)[0]);
        }
        for (var i = 0; i < columns.Length; i++)
        {
            var type = spec.RightColumns[i].Type;
            if (type.Storage is not (StorageKind.Flat or StorageKind.Bytes) || (left -= table.Rows.BytesOfColumn(i)) < 0)
            {
                continue;
            }
            using var builder = VectorBuilder.Create(type.ValueType);
            for (var start = 0; start < keys; start += Batch.MaxRows)
            {
                var count = Math.Min(Batch.MaxRows, keys - start);
                builder.AppendRange(reader.Take(i, ids.Items + start, count), 0, count);
            }
            columns[i] = builder.Build();
        }
        return Array.Exists(columns, static column => column is not null) ? new JoinValues(columns) : null;
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column?.Dispose();
        }
    }
}
