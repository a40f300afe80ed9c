using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>
/// Collects and encodes the values of one leaf. As long as the dictionary is small enough values become codes; after that the column goes on in its
/// fallback encoding until the row group ends (spec/lakehouse.md §2.2).
/// </summary>
internal abstract class LeafWriter : IDisposable
{
    private readonly bool triesDictionary;
    private readonly NumberBuffer<int> sourceRows = new();
    private readonly NumberBuffer<int> constantRows = new();

    /// <summary>The source dictionary seen last, and our codes of its values (-1 = not seen).</summary>
    private Vector? sourceDictionary;
    private int[] translated = [];

    /// <summary>For each code, the last page that used it.</summary>
    private int[] lastPage = [];
    private int pageNumber;

    protected LeafWriter(ParquetNode leaf, bool triesDictionary)
    {
        Leaf = leaf;
        this.triesDictionary = triesDictionary;
        UsesDictionary = triesDictionary;
    }

    public ParquetNode Leaf { get; }

    /// <summary>Whether values are still coded by the dictionary.</summary>
    public bool UsesDictionary { get; private set; }

    /// <summary>Codes of the page so far.</summary>
    protected NumberBuffer<int> Codes { get; } = new();

    public abstract int DictionaryCount { get; }

    /// <summary>Bytes of the dictionary page.</summary>
    public abstract long DictionaryBytes { get; }

    /// <summary>Estimated bytes of the page's values so far.</summary>
    public long PageBytes => UsesDictionary ? (long)Codes.Count * HybridEncoder.BitWidth(Math.Max(DictionaryCount - 1, 0)) / 8 : PlainPageBytes;

    protected abstract long PlainPageBytes { get; }

    protected abstract ParquetEncoding FallbackEncoding { get; }

    /// <summary>Appends the values of rows that are not null; row -1 stands for the type's default.</summary>
    public void Append(Vector vector, RowNumbers rows)
    {
        while (vector is ConstantVector constant)
        {
            vector = constant.Value;
            rows = new RowNumbers(FirstRow(rows));
        }
        if (vector is not DictionaryVector dictionary)
        {
            AppendFlat(vector, rows);
        }
        else if (UsesDictionary)
        {
            AppendTranslated(dictionary, rows);
        }
        else
        {
            Append(dictionary.Values, new RowNumbers(CodesOf(dictionary, rows)));
        }
    }

    /// <summary>Ends the use of the dictionary for this row group; call between pages.</summary>
    public void LeaveDictionary() => UsesDictionary = false;

    /// <summary>Takes the values of the row group's first page out of the dictionary again, which then never was.</summary>
    public void AbandonDictionary()
    {
        UsesDictionary = false;
        AppendFromDictionary(Codes.Span);
        Codes.Clear();
        ClearDictionary();
    }

    /// <summary>Encodes the page's values and forgets them.</summary>
    public ParquetEncoding EncodePage(ByteBuffer output)
    {
        if (!UsesDictionary)
        {
            EncodePlainPage(output);
            return FallbackEncoding;
        }
        var width = HybridEncoder.BitWidth(Math.Max(DictionaryCount - 1, 0));
        output.Put((byte)width);
        HybridEncoder.Encode(Codes.Span, width, output);
        Codes.Clear();
        return ParquetEncoding.RleDictionary;
    }

    public abstract void EncodeDictionary(ByteBuffer output);

    /// <summary>Bounds of the page's values; call before <see cref="EncodePage"/>.</summary>
    public EncodedBounds TakePageBounds()
    {
        if (UsesDictionary)
        {
            ObserveCodes();
        }
        return TakeObserved();
    }

    /// <summary>Bounds of all pages since the row group began.</summary>
    public abstract EncodedBounds ChunkBounds();

    /// <summary>The bloom filter of the row group's values, header and all; null where none pays. Call before <see cref="Reset"/>.</summary>
    public virtual byte[]? BuildBloomFilter(ThriftWriter writer) => null;

    /// <summary>Makes ready for the next row group.</summary>
    public virtual void Reset()
    {
        UsesDictionary = triesDictionary;
        Codes.Clear();
        sourceDictionary = null;
    }

    public abstract void Dispose();

    /// <summary>Appends values of a vector that is neither dictionary nor constant: as codes or plainly.</summary>
    protected abstract void AppendFlat(Vector vector, RowNumbers rows);

    /// <summary>The code of one value.</summary>
    protected abstract int Intern(Vector vector, int row);

    protected abstract void ObserveCode(int code);

    /// <summary>Appends values of the dictionary plainly.</summary>
    protected abstract void AppendFromDictionary(ReadOnlySpan<int> codes);

    protected abstract void ClearDictionary();

    protected abstract EncodedBounds TakeObserved();

    protected abstract void EncodePlainPage(ByteBuffer output);

    /// <summary>Every code of the page once: marked first where there are fewer codes than rows, so that no row has to decide anything.</summary>
    private void ObserveCodes()
    {
        if (lastPage.Length < DictionaryCount)
        {
            Array.Resize(ref lastPage, Math.Max(DictionaryCount, lastPage.Length * 2));
        }
        pageNumber++;
        var last = lastPage;
        if (DictionaryCount <= Codes.Count / 2)
        {
            foreach (var code in Codes.Span)
            {
                last[code] = pageNumber;
            }
            for (var code = 0; code < DictionaryCount; code++)
            {
                if (last[code] == pageNumber)
                {
                    ObserveCode(code);
                }
            }
            return;
        }
        foreach (var code in Codes.Span)
        {
            if (last[code] != pageNumber)
            {
                last[code] = pageNumber;
                ObserveCode(code);
            }
        }
    }

    private unsafe void AppendTranslated(DictionaryVector dictionary, RowNumbers rows)
    {
        if (!ReferenceEquals(sourceDictionary, dictionary.Values))
        {
            sourceDictionary = dictionary.Values;
            if (translated.Length < dictionary.Values.Length)
            {
                translated = new int[dictionary.Values.Length];
            }
            translated.AsSpan(0, dictionary.Values.Length).Fill(-1);
        }
        var source = dictionary.Codes;
        var target = Codes.Extend(rows.Length);
        if (rows.AreConsecutive)
        {
            source += rows.Start;
            for (var i = 0; i < target.Length; i++)
            {
                var own = translated[source[i]];
                target[i] = own < 0 ? Translate(dictionary, source[i]) : own;
            }
            return;
        }
        for (var i = 0; i < target.Length; i++)
        {
            if (rows[i] < 0)
            {
                target[i] = Intern(dictionary.Values, -1);
                continue;
            }
            var code = source[rows[i]];
            var own = translated[code];
            target[i] = own < 0 ? Translate(dictionary, code) : own;
        }
    }

    private int Translate(DictionaryVector dictionary, int code)
    {
        var row = code;
        var plain = dictionary.Values.Resolve(ref row);
        return translated[code] = Intern(plain, row);
    }

    private unsafe Span<int> CodesOf(DictionaryVector dictionary, RowNumbers rows)
    {
        var source = dictionary.Codes;
        sourceRows.Clear();
        var codes = sourceRows.Extend(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            codes[i] = rows[i] < 0 ? -1 : source[rows[i]];
        }
        return codes;
    }

    private Span<int> FirstRow(RowNumbers rows)
    {
        constantRows.Clear();
        var first = constantRows.Extend(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            first[i] = Math.Min(rows[i], 0);
        }
        return first;
    }

    /// <param name="leaf">The leaf.</param>
    /// <param name="type">Its Arrow value type.</param>
    /// <param name="options">Bounds are cut by them, dictionaries allowed.</param>
    /// <param name="triesDictionary">Whether to begin with a dictionary.</param>
    public static LeafWriter Create(ParquetNode leaf, DataType type, ParquetWriterOptions options, bool triesDictionary) => leaf.Physical switch
    {
        PhysicalType.Boolean => new BooleanLeafWriter(leaf),
        PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double => new NumberLeafWriter(leaf, type, triesDictionary),
        _ => new BytesLeafWriter(leaf, type, options, triesDictionary),
    };
}
