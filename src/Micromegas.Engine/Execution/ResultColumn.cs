using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// Copies one column of the batches of a result. Texts and binaries that come as dictionary codes leave as codes, so that whoever reads them makes a string
/// once a dictionary value instead of once a row: the values are copied once and shared by all batches that were coded by them.
/// </summary>
internal sealed unsafe class ResultColumn(DataType type) : IDisposable
{
    /// <summary>Values are copied when at least one in so many of them was needed: a few rows out of a large dictionary are cheaper to write out.</summary>
    private const int MostValuesPerRow = 4;

    /// <summary>What a command holds beyond its rows stays small: bytes of values that are shared.</summary>
    private const int MostSharedBytes = 256 * 1024;

    private readonly VectorBuilder builder = VectorBuilder.Create(type);
    private BinaryVector? source;
    private SharedValues? shared;
    private long rowsSeen;

    /// <summary>The selected rows in memory of their own; the caller owns them.</summary>
    public Vector Copy(Vector column, Batch batch)
    {
        if (column is DictionaryVector { Values: BinaryVector values } dictionary && Share(values, batch.SelectedCount))
        {
            return CopyCodes(dictionary, batch);
        }
        if (batch.Selection is { } selection)
        {
            builder.Append(column, selection.Span);
        }
        else
        {
            builder.AppendRange(column, 0, batch.RowCount);
        }
        return builder.Build();
    }

    public void Dispose()
    {
        builder.Dispose();
        shared?.Dispose();
        shared = null;
    }

    private bool Share(BinaryVector values, int rows)
    {
        if (!ReferenceEquals(values, source))
        {
            source = values;
            shared?.Dispose();
            shared = null;
            rowsSeen = 0;
        }
        if (shared is null)
        {
            rowsSeen += rows;
            if (values.Length == 0 || values.Length / MostValuesPerRow > rowsSeen || values.Offsets[values.Length] - values.Offsets[0] > MostSharedBytes)
            {
                return false;
            }
            shared = new SharedValues(values, type.ValueType);
        }
        return true;
    }

    private DictionaryVector CopyCodes(DictionaryVector dictionary, Batch batch)
    {
        var copy = new DictionaryVector(type, shared!.Values) { ValuesShare = shared.Take() };
        var rows = batch.SelectedCount;
        copy.Prepare(shared.Values, rows);
        var from = new ReadOnlySpan<int>(dictionary.Codes, batch.RowCount);
        var to = new Span<int>(copy.Codes, rows);
        var validity = dictionary.Validity;
        var own = validity == null ? null : copy.PrepareValidity(rows);
        if (batch.Selection is { } selection)
        {
            var selected = selection.Span;
            for (var i = 0; i < selected.Length; i++)
            {
                to[i] = from[selected[i]];
            }
        }
        else
        {
            from.CopyTo(to);
        }
        if (validity == null)
        {
            return copy;
        }
        for (var i = 0; i < rows; i++)
        {
            if (!Bitmap.Get(validity, batch.Selection is null ? i : batch.Selection.Rows[i]))
            {
                Bitmap.Clear(own, i);
                // A code of no value may be anything.
                to[i] = 0;
            }
        }
        return copy;
    }

    /// <summary>The values of a dictionary, freed when the column and all batches that use them are.</summary>
    private sealed class SharedValues : IDisposable
    {
        private int shares = 1;

        public SharedValues(BinaryVector values, DataType type)
        {
            using var copy = new BinaryVectorBuilder(type);
            copy.AppendRange(values, 0, values.Length);
            Values = copy.Build();
        }

        public Vector Values { get; }

        public SharedValues Take()
        {
            Interlocked.Increment(ref shares);
            return this;
        }

        public void Dispose()
        {
            if (Interlocked.Decrement(ref shares) == 0)
            {
                Values.Dispose();
            }
        }
    }
}
