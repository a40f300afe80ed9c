using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Gathers what scans of a join's left side want to know of the keys of its right side.</summary>
internal sealed unsafe class JoinKeyValues : IDisposable
{
    /// <summary>More different texts than this, or larger ones, are not looked at: they are identifiers or messages, whose extremes say nothing.</summary>
    private const int MostTexts = 64 * 1024, MostTextBytes = 4 << 20;

    private readonly Lock gate = new();
    private readonly JoinSpec spec;
    private readonly BuildKeyValues?[] columns;

    public JoinKeyValues(JoinSpec spec)
    {
        this.spec = spec;
        columns = new BuildKeyValues?[spec.Keys.Count];
        foreach (var key in spec.BoundingKeys)
        {
            columns[key] = Create(key);
        }
    }

    /// <summary>The values of a key; null when they are not known.</summary>
    public BuildKeyValues? this[int key] => columns[key];

    /// <summary>Whether there is no row that could have a match.</summary>
    public bool IsEmpty { get; set; } = true;

    /// <summary>Takes the values of an indexed build side.</summary>
    public void Take(KeyTable keys, CancellationToken cancellationToken)
    {
        IsEmpty = keys.Count == 0;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] is not { } column)
            {
                continue;
            }
            if (!keys[i].IsNumbering)
            {
                for (var start = 0; start < keys.Count; start += Batch.MaxRows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = Math.Min(Batch.MaxRows, keys.Count - start);
                    using var values = keys.Decode(i, start, count);
                    column.Add(values, null, count);
                }
            }
            else if (keys[i] is { ValueCount: <= MostTexts, Bytes: <= MostTextBytes })
            {
                TakeNumbered(keys[i], column);
            }
            else
            {
                column.Dispose();
                columns[i] = null;
            }
        }
    }

    /// <summary>Something to gather values of a key with, for one worker; null when nobody wants them.</summary>
    public BuildKeyValues? Begin(int key) => columns[key] is null ? null : Create(key);

    /// <summary>Adds the values that a worker gathered.</summary>
    public void Add(int key, BuildKeyValues values)
    {
        lock (gate)
        {
            columns[key]?.Add(values);
        }
    }

    /// <summary>Adds build rows that go to a temporary file; several workers may do so at a time.</summary>
    public void Add(Vector[] keys, Selection rows)
    {
        if (rows.Count == 0)
        {
            return;
        }
        lock (gate)
        {
            IsEmpty = false;
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i]?.Add(keys[i], rows.Rows, rows.Count);
            }
        }
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column?.Dispose();
        }
    }

    private BuildKeyValues? Create(int key) =>
        BuildKeyValues.Create(spec.Keys[key].Right.Type, spec.TakesWholeTable ? BuildKeyValues.MostListedOfWhole : BuildKeyValues.MostListed);

    /// <summary>Where the table numbers a column's values, each is there once.</summary>
    private static void TakeNumbered(KeyColumn numbered, BuildKeyValues column)
    {
        using var numbers = new NativeList<int>();
        numbers.EnsureCapacity(Batch.MaxRows);
        for (var start = 0; start < numbered.ValueCount; start += Batch.MaxRows)
        {
            var count = Math.Min(Batch.MaxRows, numbered.ValueCount - start);
            for (var i = 0; i < count; i++)
            {
                numbers[i] = start + i;
            }
            using var values = numbered.Decode((byte*)numbers.Items, sizeof(int), count, null, 0);
            column.Add(values, null, count);
        }
    }
}
