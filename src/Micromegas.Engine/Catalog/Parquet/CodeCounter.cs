using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Parquet;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Counts the rows of a row group by what their columns hold, where all columns are dictionary-coded: a histogram over the combinations of codes, which are then
/// handed on as rows that stand for many. Runs are counted as runs; where all columns but one come in runs, the codes of that one are counted as they lie in the file.
/// </summary>
/// <param name="ordinals">Columns of the table.</param>
/// <param name="tableSchema">The table's schema.</param>
internal sealed unsafe class CodeCounter(int[] ordinals, Schema tableSchema) : IDisposable
{
    /// <summary>More combinations than this are not counted: the histogram would leave the nearest cache.</summary>
    private const int MostCombinations = 16 * 1024;

    /// <summary>
    /// There are at least so many rows for each combination. Numbers whose dictionaries hold more values are not read as codes anyway
    /// (<see cref="ColumnReader.Read"/>).
    /// </summary>
    private const int LeastRepetition = 8;

    private readonly Column[] columns = [.. ordinals.Select(ordinal => new Column(ordinal))];

    /// <summary>The same, the one with the smallest stride first.</summary>
    private readonly Column[] ordered = new Column[ordinals.Length];
    private readonly CodeHistogram histogram = new();
    private readonly NativeList<int> numbers = new();
    private readonly NativeList<long> counts = new();
    private readonly FlatVector<long> rows = new(DataType.Int64);

    /// <summary>The column whose codes are not in runs, when it is the only one; its codes are neighbours in the histogram.</summary>
    private Column? packed;
    private bool isOrdered;
    private int next;

    /// <summary>Values up to here have been counted.</summary>
    private int known;

    /// <summary>What the rows given last stand for: rows of the row group.</summary>
    public Vector Counts => rows;

    /// <summary>Whether every value of the only column's dictionary has been counted.</summary>
    public bool HasAllValues
    {
        get
        {
            for (; known < histogram.Size - 1; known++)
            {
                if (histogram[known] == 0)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>Begins a row group; false when its columns cannot be counted.</summary>
    /// <param name="reader">The row group.</param>
    /// <param name="positions">For each column of the table its place in the reader.</param>
    /// <param name="wanted">Rows that will be counted.</param>
    public bool TryBegin(RowGroupReader reader, int[] positions, long wanted)
    {
        if (reader.RowCount > int.MaxValue)
        {
            return false;
        }
        var combinations = 1L;
        foreach (var column in columns)
        {
            if (positions[column.Ordinal] < 0 || reader.Column(positions[column.Ordinal]).Dictionary is not { Length: > 0 } dictionary)
            {
                return false;
            }
            dictionary.Relabel(tableSchema[column.Ordinal].Type.ValueType);
            column.Reader = reader.Column(positions[column.Ordinal]);
            column.Dictionary = dictionary;
            column.End();
            column.Codes ??= new DictionaryVector(tableSchema[column.Ordinal].Type, dictionary);
            combinations *= column.Size;
            if (combinations > MostCombinations || combinations * LeastRepetition > wanted)
            {
                return false;
            }
        }
        histogram.Reset((int)combinations);
        packed = IsSingle ? columns[0] : null;
        isOrdered = false;
        if (IsSingle)
        {
            Order(columns[0]);
        }
        next = 0;
        known = 0;
        return true;
    }

    /// <summary>Whether there is only one column: then pieces may be of any size.</summary>
    public bool IsSingle => columns.Length == 1;

    public int SingleOrdinal => columns[0].Ordinal;

    /// <summary>Counts the next rows.</summary>
    /// <param name="count">How many; no more than fit a batch, unless there is only one column.</param>
    public void Add(int count)
    {
        Column? only = null;
        var coded = 0;
        foreach (var column in columns)
        {
            if (column != packed && column.Begin(count))
            {
                only = column;
                coded++;
            }
        }
        if (packed is not null && coded > 0)
        {
            coded += packed.Begin(count) ? 1 : 0;
            packed = null;
        }
        if (!isOrdered)
        {
            Order(only);
        }
        // Numbers of the combinations as far as they are not told by runs, and the largest one.
        int* codes = null;
        var largest = 0;
        if (only is not null)
        {
            largest = only.Size - (only.HasNulls ? 1 : 2);
            codes = coded == 1 && only.Stride == 1 ? only.Rows : Combine(count, out largest);
        }
        for (var start = 0; start < count;)
        {
            var end = count;
            var number = 0;
            foreach (var column in columns)
            {
                column.TakeRun(ref end, ref number);
            }
            foreach (var column in columns)
            {
                column.Pass(end);
            }
            if (packed is not null)
            {
                packed.Reader!.CountCodes(end - start, histogram, number);
            }
            else if (codes == null)
            {
                histogram.Add(number, end - start);
            }
            else
            {
                histogram.Add(codes + start, end - start, number, largest);
            }
            start = end;
        }
        if (coded == 1 && only!.Stride == 1)
        {
            packed = only;
            packed.End();
        }
    }

    /// <summary>Gives the next combinations that occurred.</summary>
    /// <param name="current">Receives their columns, by their place in the table.</param>
    /// <param name="most">Rows at most.</param>
    /// <returns>Their number; 0 at the end.</returns>
    public int Next(Vector?[] current, int most)
    {
        if (next == 0)
        {
            histogram.Gather();
        }
        counts.Count = 0;
        foreach (var column in columns)
        {
            column.Found.Count = 0;
        }
        for (; next < histogram.Size && counts.Count < most; next++)
        {
            if (histogram[next] is > 0 and var times)
            {
                counts.Add(times);
                foreach (var column in ordered)
                {
                    column.Found.Add(column.Code);
                }
            }
            foreach (var column in ordered)
            {
                if (++column.Code < column.Size)
                {
                    break;
                }
                column.Code = 0;
            }
        }
        foreach (var column in columns)
        {
            current[column.Ordinal] = column.Give();
        }
        rows.Attach(counts.Items, counts.Count);
        return counts.Count;
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }
        histogram.Dispose();
        numbers.Dispose();
        counts.Dispose();
        rows.Dispose();
    }

    /// <summary>Says what a code of each column counts in the number of a combination.</summary>
    /// <param name="neighbours">The column whose codes lie side by side; null when that is no matter.</param>
    private void Order(Column? neighbours)
    {
        isOrdered = true;
        var at = 0;
        if (neighbours is not null)
        {
            ordered[at++] = neighbours;
        }
        foreach (var column in columns)
        {
            if (column != neighbours)
            {
                ordered[at++] = column;
            }
        }
        var stride = 1;
        foreach (var column in ordered)
        {
            column.Stride = stride;
            column.Code = 0;
            stride *= column.Size;
        }
    }

    private int* Combine(int count, out int largest)
    {
        numbers.EnsureCapacity(Math.Max(count, Batch.MaxRows));
        var target = numbers.Items;
        var isFirst = true;
        largest = 0;
        foreach (var column in columns)
        {
            if (column.Rows == null)
            {
                continue;
            }
            largest += (column.Size - (column.HasNulls ? 1 : 2)) * column.Stride;
            var codes = column.Rows;
            var stride = column.Stride;
            for (var row = 0; row < count && isFirst; row++)
            {
                target[row] = codes[row] * stride;
            }
            for (var row = 0; row < count && !isFirst; row++)
            {
                target[row] += codes[row] * stride;
            }
            isFirst = false;
        }
        return target;
    }

    /// <summary>A column that is counted.</summary>
    private sealed class Column(int ordinal) : IDisposable
    {
        private readonly NativeList<int> withNulls = new();
        private DictionaryVector? source;
        private int run;

        public int Ordinal => ordinal;

        public ColumnReader? Reader { get; set; }

        public Vector? Dictionary { get; set; }

        /// <summary>Values, and one more for NULL.</summary>
        public int Size => Dictionary!.Length + 1;

        /// <summary>What a code counts in the number of a combination.</summary>
        public int Stride { get; set; }

        /// <summary>The column's part of the number of a combination that is looked at.</summary>
        public int Code { get; set; }

        /// <summary>The codes of the piece; null when they come in runs, or are not read.</summary>
        public int* Rows { get; private set; }

        /// <summary>Codes of combinations that occurred.</summary>
        public NativeList<int> Found { get; } = new();

        /// <summary>The combinations' column.</summary>
        public DictionaryVector? Codes { get; set; }

        /// <summary>Whether some row of the piece has no value.</summary>
        public bool HasNulls => source!.Validity != null;

        /// <summary>Reads the next rows; whether they do not come in runs.</summary>
        public bool Begin(int count)
        {
            var piece = (DictionaryVector)Reader!.Read(count);
            source = piece;
            run = 0;
            Rows = piece.Runs.Length > 0 ? null : piece.Validity == null ? piece.Codes : WithNulls(piece, count);
            return Rows != null;
        }

        /// <summary>The next rows are not read here.</summary>
        public void End()
        {
            source = null;
            Rows = null;
        }

        /// <summary>The run of the next row, if there are runs.</summary>
        public void TakeRun(ref int end, ref int number)
        {
            if (source is { Runs: { Length: > 0 } runs })
            {
                end = Math.Min(end, runs[run].End);
                number += runs[run].Code * Stride;
            }
        }

        public void Pass(int end)
        {
            if (source is { Runs: { Length: > 0 } runs } && runs[run].End == end)
            {
                run++;
            }
        }

        public DictionaryVector Give()
        {
            Codes!.Attach(Dictionary!, Found.Items, Found.Count);
            var nullCode = Dictionary!.Length;
            for (var i = 0; i < Found.Count; i++)
            {
                if (Found[i] == nullCode)
                {
                    if (Codes.Validity == null)
                    {
                        Codes.PrepareValidity(Found.Count);
                    }
                    Bitmap.Clear(Codes.Validity, i);
                    Found[i] = 0;
                }
            }
            return Codes;
        }

        public void Dispose()
        {
            withNulls.Dispose();
            Found.Dispose();
            Codes?.Dispose();
        }

        private int* WithNulls(DictionaryVector piece, int count)
        {
            withNulls.EnsureCapacity(Math.Max(count, Batch.MaxRows));
            var codes = piece.Codes;
            var validity = piece.Validity;
            var target = withNulls.Items;
            for (var row = 0; row < count; row++)
            {
                target[row] = Bitmap.Get(validity, row) ? codes[row] : Size - 1;
            }
            return target;
        }
    }
}
