using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Walks through the rows of a sorted morsel, batch by batch.</summary>
internal sealed unsafe class MergeCursor : IDisposable
{
    private readonly Morsel morsel;
    private readonly int index;
    private readonly MorselReader reader;
    private readonly SortKeyEncoder encoder;
    private readonly int firstKey;
    private readonly int[] rows = new int[Batch.MaxRows];
    private BinaryVector? keys;

    /// <param name="morsel">The morsel, which is the cursor's from now on.</param>
    /// <param name="index">Its place among all: of equal rows, those of the first morsel come first.</param>
    /// <param name="order">The keys.</param>
    /// <param name="columns">Columns of the morsel's batches.</param>
    /// <param name="firstKey">Which of them is the first key.</param>
    /// <param name="context">The statement.</param>
    public MergeCursor(Morsel morsel, int index, IReadOnlyList<SortKey> order, IReadOnlyList<PlanColumn> columns, int firstKey, QueryContext context)
    {
        this.morsel = morsel;
        this.index = index;
        this.firstKey = firstKey;
        try
        {
            reader = morsel.Open(context);
        }
        catch
        {
            morsel.Dispose();
            throw;
        }
        encoder = new SortKeyEncoder(order, columns, context);
    }

    /// <summary>The batch at hand.</summary>
    public Batch Batch { get; private set; } = null!;

    /// <summary>Its selected rows.</summary>
    public int Count { get; private set; }

    /// <summary>Selected rows that were passed.</summary>
    public int Position { get; set; }

    /// <summary>The first key of the batch's last row; NULL is behind everything.</summary>
    public Int128 LastKey { get; private set; }

    /// <summary>Goes to the next batch with rows; false at the end.</summary>
    public bool MoveNext()
    {
        do
        {
            if (reader.Next() is not { } batch)
            {
                return false;
            }
            Batch = batch;
        }
        while (Batch.SelectedCount == 0);
        Position = 0;
        Count = Batch.SelectedCount;
        for (var i = 0; i < Count; i++)
        {
            rows[i] = Batch.Selection is { } selection ? selection.Rows[i] : i;
        }
        LastKey = ScanBound.ToNumber(Batch.Columns[firstKey].GetScalar(rows[Count - 1])) ?? Int128.MaxValue;
        keys = encoder.Encode(Batch, Batch.Selection);
        return true;
    }

    /// <summary>The rows from the position up to an end, by their numbers in the batch.</summary>
    public ReadOnlySpan<int> Rows(int end) => rows.AsSpan(Position, end - Position);

    /// <summary>Compares the rows at hand; never equal.</summary>
    public int CompareTo(MergeCursor other) => Compare(Position, other);

    /// <summary>The end of the rows that come before another cursor's row; at least the first does.</summary>
    public int CountUpTo(MergeCursor other)
    {
        if (Compare(Count - 1, other) < 0)
        {
            return Count;
        }
        var (before, behind) = (Position, Count - 1);
        while (behind - before > 1)
        {
            var middle = (before + behind) / 2;
            (before, behind) = Compare(middle, other) < 0 ? (middle, behind) : (before, middle);
        }
        return behind;
    }

    public void Dispose()
    {
        encoder.Dispose();
        reader.Dispose();
        morsel.Dispose();
    }

    private int Compare(int position, MergeCursor other)
    {
        var order = Key(position).SequenceCompareTo(other.Key(other.Position));
        return order != 0 ? order : index.CompareTo(other.index);
    }

    private ReadOnlySpan<byte> Key(int position)
    {
        var row = rows[position];
        return new ReadOnlySpan<byte>(keys!.Bytes + keys.Offsets[row], keys.Offsets[row + 1] - keys.Offsets[row]);
    }
}
