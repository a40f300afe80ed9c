using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>A top-level column that is neither list nor struct: one level a row at most.</summary>
internal sealed unsafe class FlatColumnReader : ColumnReader
{
    private readonly LeafNode leaf;
    private readonly PageCursor cursor;
    private readonly LeafOutput output;
    private readonly ScratchBuffer validity = new();

    /// <summary>Reads a column; the cursor is disposed if its dictionary cannot be read.</summary>
    public static FlatColumnReader Open(LeafNode leaf, long rows, ParquetLocation location, PageCursor cursor)
    {
        try
        {
            return new FlatColumnReader(leaf, rows, location, cursor);
        }
        catch (ParquetException)
        {
            cursor.Dispose();
            throw;
        }
    }

    private FlatColumnReader(LeafNode leaf, long rows, ParquetLocation location, PageCursor cursor)
        : base(leaf.Field, rows, location)
    {
        this.leaf = leaf;
        this.cursor = cursor;
        output = new LeafOutput(leaf, cursor);
    }

    /// <summary>Begins another chunk with the memory and decoders of the one before; false, and nothing has changed, when its column has another form.</summary>
    public bool TryRestart(LeafNode other, long rows, ParquetLocation at, ColumnChunkMetadata metadata, byte* chunk, long length, FetchedPart[]? parts)
    {
        if (!leaf.HasFormOf(other))
        {
            return false;
        }
        Restart(rows, at);
        cursor.Restart(other.Leaf, metadata, chunk, length, parts);
        output.Restart(leaf);
        return true;
    }

    internal override bool TryRewind(long rows)
    {
        Restart(rows);
        cursor.Rewind();
        return true;
    }

    public override bool IsFullyDictionaryEncoded => cursor.IsFullyDictionaryEncoded;

    private protected override Vector? DictionaryCore => output.LooksUp ? null : output.Dictionary;

    private protected override long FileOffset => cursor.FileOffset;

    private protected override Vector ReadCore(int rows)
    {
        output.Begin();
        var bits = (ulong*)validity.Ensure(Bitmap.WordCount(rows) * 8L);
        var hasNulls = false;
        for (var filled = 0; filled < rows;)
        {
            NextPage();
            cursor.Open();
            var some = Math.Min(rows - filled, cursor.Left);
            var present = some;
            if (!cursor.HasNoNulls && (hasNulls || !cursor.Definitions.TryTakeOnes(some)))
            {
                present = cursor.Definitions.ReadBits(bits, filled, some);
            }
            else if (hasNulls)
            {
                BitRange.Fill(bits, filled, some, true);
            }
            if (present < some && !hasNulls)
            {
                hasNulls = true;
                BitRange.Fill(bits, 0, filled, true);
            }
            output.Append(present, some, present < some ? bits : null, some == rows);
            cursor.Advance(some);
            filled += some;
        }
        return output.Finish(hasNulls ? bits : null);
    }

    private protected override void SkipCore(long rows)
    {
        var scratch = stackalloc ulong[Batch.MaxRows / 64];
        while (rows > 0)
        {
            NextPage();
            if (cursor.IsAtStart && cursor.Header.ValueCount <= rows)
            {
                rows -= cursor.Header.ValueCount;
                cursor.SkipPage();
                continue;
            }
            cursor.Open();
            var some = (int)Math.Min(rows, cursor.Left);
            if (some == cursor.Left)
            {
                cursor.SkipPage();
                rows -= some;
                continue;
            }
            if (!cursor.HasNoNulls)
            {
                some = Math.Min(some, Batch.MaxRows);
                cursor.SkipValues(cursor.Definitions.ReadBits(scratch, 0, some));
            }
            else
            {
                cursor.SkipValues(some);
            }
            cursor.Advance(some);
            rows -= some;
        }
    }

    private protected override void CountCore(int rows, CodeHistogram histogram, int offset)
    {
        var codes = output.Dictionary!.Length;
        while (rows > 0)
        {
            NextPage();
            cursor.Open();
            var some = Math.Min(rows, cursor.Left);
            var present = cursor.HasNoNulls ? some : cursor.Definitions.CountOnes(some);
            cursor.Codes.Count(present, histogram, codes, offset);
            histogram.Add(offset + codes, some - present);
            cursor.Advance(some);
            rows -= some;
        }
    }

    public override void Dispose()
    {
        output.Dispose();
        cursor.Dispose();
        validity.Dispose();
    }

    private void NextPage()
    {
        if (!cursor.MoveToPage())
        {
            Throw.Corrupt("the column chunk has fewer rows than the row group");
        }
    }
}
