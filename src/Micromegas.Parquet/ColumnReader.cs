using Micromegas.Columnar;
using Micromegas.Parquet.Reading;

namespace Micromegas.Parquet;

/// <summary>
/// Decodes one column of a row group in order. Uses the processor only: the bytes were fetched by <see cref="RowGroupReader.PrefetchAsync(Storage.IObjectStore, CancellationToken)"/>.
/// For one thread at a time.
/// </summary>
public abstract class ColumnReader : IDisposable
{
    private ParquetLocation location;
    private long skipPending;

    private protected ColumnReader(Field field, long rows, ParquetLocation location)
    {
        Field = field;
        RowsLeft = rows;
        this.location = location;
    }

    public Field Field { get; }

    /// <summary>Rows neither read nor skipped.</summary>
    public long RowsLeft { get; private set; }

    /// <summary>
    /// The values of the dictionary page, when every data page is coded by it: no other value occurs in the row group (but not every one of them must). Null for numbers
    /// whose dictionary hardly repeats, too: of it only what the rows need is decompressed.
    /// The same object is <see cref="DictionaryVector.Values"/> of every dictionary vector that is read. Lives as long as the row group's reader.
    /// </summary>
    public Vector? Dictionary => IsFullyDictionaryEncoded ? DictionaryCore : null;

    /// <summary>Whether every data page is dictionary-coded; false for nested columns.</summary>
    public abstract bool IsFullyDictionaryEncoded { get; }

    private protected abstract Vector? DictionaryCore { get; }

    /// <summary>
    /// Decodes the next rows into a vector that is used again: it is borrowed until the next call on this column.
    /// Dictionary-coded pages give a <see cref="DictionaryVector"/> (with runs where the file has long ones), others plain vectors; a vector that spans both is plain,
    /// and so are numbers whose dictionary hardly repeats.
    /// </summary>
    /// <remarks>A page is decompressed only as far as its rows are read (LZ4), so what is damaged behind them goes unseen.</remarks>
    /// <param name="rows">From 1 to <see cref="Batch.MaxRows"/>, and no more than <see cref="RowsLeft"/>.</param>
    /// <exception cref="ParquetException">The pages are damaged or use what is not supported.</exception>
    public Vector Read(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, (int)Math.Min(RowsLeft, Batch.MaxRows));
        try
        {
            if (skipPending > 0)
            {
                var skip = skipPending;
                skipPending = 0;
                SkipCore(skip);
            }
            var vector = ReadCore(rows);
            RowsLeft -= rows;
            return vector;
        }
        catch (ParquetException e) when (e.FileKey is null)
        {
            throw e.At(location with { Offset = FileOffset });
        }
    }

    /// <summary>
    /// Counts the codes of the next rows without writing them out, which passes over the rows. Only where there is a <see cref="Dictionary"/>.
    /// </summary>
    /// <param name="rows">Rows, no more than <see cref="RowsLeft"/>.</param>
    /// <param name="histogram">Counts values by their place in the dictionary, and rows without a value by the number behind them.</param>
    /// <param name="offset">What is added to these numbers.</param>
    /// <exception cref="ParquetException">The pages are damaged or use what is not supported.</exception>
    public void CountCodes(int rows, CodeHistogram histogram, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsLeft);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (Dictionary is not { } dictionary || histogram.Size - offset <= dictionary.Length)
        {
            throw new InvalidOperationException($"Column '{Field.Name}' has no dictionary of up to {histogram.Size - offset - 1} values.");
        }
        try
        {
            if (skipPending > 0)
            {
                var skip = skipPending;
                skipPending = 0;
                SkipCore(skip);
            }
            CountCore(rows, histogram, offset);
            RowsLeft -= rows;
        }
        catch (ParquetException e) when (e.FileKey is null)
        {
            throw e.At(location with { Offset = FileOffset });
        }
    }

    /// <summary>Begins the rows of another row group.</summary>
    private protected void Restart(long rows, ParquetLocation at)
    {
        Restart(rows);
        location = at;
    }

    /// <summary>Begins the rows of the row group again.</summary>
    private protected void Restart(long rows)
    {
        RowsLeft = rows;
        skipPending = 0;
    }

    /// <summary>Goes back to the first row; false when the column must be opened anew for that.</summary>
    internal virtual bool TryRewind(long rows) => false;

    /// <summary>Passes over rows. Costs nothing until the next <see cref="Read"/>; pages that are skipped whole are not even decompressed.</summary>
    public void Skip(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, RowsLeft);
        skipPending += rows;
        RowsLeft -= rows;
    }

    private protected abstract long FileOffset { get; }

    private protected abstract Vector ReadCore(int rows);

    private protected abstract void SkipCore(long rows);

    private protected virtual void CountCore(int rows, CodeHistogram histogram, int offset) => throw new InvalidOperationException("The column has no dictionary.");

    /// <summary>Gives the column's memory back; the row group's reader does it too.</summary>
    public abstract void Dispose();
}
