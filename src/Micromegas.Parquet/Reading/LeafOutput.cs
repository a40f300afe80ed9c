using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>
/// Collects the values of one leaf into a vector, page by page: dictionary codes (or their runs) as long as pages are dictionary-coded; once a plain page
/// takes part in a vector, all of that vector is plain.
/// </summary>
internal sealed unsafe class LeafOutput : IDisposable
{
    /// <summary>A vector of runs has at most this many; shorter runs are better served as codes.</summary>
    private const int MostRuns = 64;

    /// <summary>
    /// Numbers whose dictionary holds more than this part of the rows come as plain vectors: looking values up costs less than what consumers
    /// would do with a dictionary that hardly repeats (upstream puts even times into dictionaries, spec/lakehouse.md §2.2).
    /// </summary>
    private const int LeastRepetition = 8;

    private readonly PageCursor cursor;
    private readonly ValueAssembler plain;
    private ValueAssembler? dictionaryOwner;
    private DictionaryVector? coded;
    private readonly ScratchBuffer codes = new();
    private readonly ScratchBuffer runs = new();
    /// <summary>The dictionary page of values that are looked up where they lie; null as long as there was none.</summary>
    private PageBytes? page;
    private byte* pageValues;
    private int pageCount;
    private Form form;
    private int filled;
    private int runCount;

    public LeafOutput(LeafNode leaf, PageCursor cursor)
    {
        this.cursor = cursor;
        plain = ValueAssembler.Create(leaf, leaf.Type);
        try
        {
            Restart(leaf);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Looks at what the cursor has begun anew. A dictionary is always another object than the one before: who knows it, knows it by reference.</summary>
    public void Restart(LeafNode leaf)
    {
        Dictionary = null;
        pageValues = null;
        LooksUp = leaf.Type.Storage == StorageKind.Flat && !leaf.Type.IsDictionary && cursor.DictionaryCount > cursor.ValueCount / LeastRepetition;
        if (LooksUp && plain.PlainWidth > 0)
        {
            pageValues = cursor.OpenDictionary(page ??= new PageBytes(), out pageCount);
            if (pageCount * (long)plain.PlainWidth > page.End - page.Start)
            {
                Throw.Corrupt("a dictionary page has fewer values than its header says");
            }
        }
        else if (cursor.HasDictionary)
        {
            dictionaryOwner?.Dispose();
            dictionaryOwner = ValueAssembler.Create(leaf, leaf.Type.ValueType);
            Dictionary = ReadDictionary(leaf, dictionaryOwner);
            coded ??= new DictionaryVector(leaf.Type, Dictionary);
        }
    }

    private enum Form
    {
        Empty,
        Runs,
        Codes,
        Plain,
    }

    /// <summary>Whether values come as plain vectors although they are dictionary-coded.</summary>
    public bool LooksUp { get; private set; }

    /// <summary>The values of the dictionary page; one object as long as this lives. Null where they are looked up where they lie.</summary>
    public Vector? Dictionary { get; private set; }

    public void Begin()
    {
        form = Form.Empty;
        filled = 0;
        runCount = 0;
        plain.Begin();
    }

    /// <summary>Takes values of the open page.</summary>
    /// <param name="present">Values.</param>
    /// <param name="slots">Rows that they fill, with nulls.</param>
    /// <param name="validity">Which rows (from row 0 of the vector) are not null; null when all of these are.</param>
    /// <param name="isWhole">Whether these are all rows of the vector.</param>
    public void Append(int present, int slots, ulong* validity, bool isWhole)
    {
        if (!cursor.IsDictionaryCoded)
        {
            AppendPlain(present, slots, validity, isWhole);
        }
        else if (LooksUp || form == Form.Plain)
        {
            form = Form.Plain;
            var largest = ReadCodes(0, filled, present, slots, validity);
            if (pageValues == null)
            {
                plain.Gather(Dictionary!, (int*)codes.Pointer, filled, slots);
            }
            else
            {
                // Codes ascend as new values come: the first rows need the dictionary's beginning only.
                page!.Ensure(pageValues + ((largest + 1L) * plain.PlainWidth));
                plain.Gather(pageValues, (int*)codes.Pointer, filled, slots);
            }
        }
        else
        {
            AppendCodes(present, slots, validity);
        }
        filled += slots;
    }

    public Vector Finish(ulong* validity)
    {
        switch (form)
        {
            case Form.Runs:
                coded!.AttachRuns(Dictionary!, (DictionaryRun*)runs.Pointer, runCount, filled);
                return coded;
            case Form.Codes:
                coded!.Attach(Dictionary!, (int*)codes.Pointer, filled);
                coded.AttachValidity(validity);
                return coded;
            default:
                return plain.Finish(filled, validity);
        }
    }

    public void Dispose()
    {
        plain.Dispose();
        dictionaryOwner?.Dispose();
        coded?.Dispose();
        codes.Dispose();
        runs.Dispose();
        page?.Dispose();
    }

    private Vector ReadDictionary(LeafNode leaf, ValueAssembler assembler)
    {
        var start = cursor.OpenDictionary(out var end, out var count);
        using var decoder = ValueDecoders.Create(leaf.Leaf, ParquetEncoding.Plain);
        decoder.Reset(start, end, count);
        assembler.Begin();
        assembler.Append(decoder, 0, count, count, null);
        return assembler.Finish(count, null);
    }

    private void AppendPlain(int present, int slots, ulong* validity, bool isWhole)
    {
        if (form is Form.Runs or Form.Codes)
        {
            ExpandRuns();
            plain.Gather(Dictionary!, (int*)codes.Pointer, 0, filled);
        }
        form = Form.Plain;
        if (isWhole && present == slots && plain.TryBorrow(cursor.Values!, present))
        {
            return;
        }
        plain.Append(cursor.Values!, filled, present, slots, validity);
    }

    private void AppendCodes(int present, int slots, ulong* validity)
    {
        var done = 0;
        if (form is Form.Empty or Form.Runs && present == slots && slots > 0)
        {
            var target = (DictionaryRun*)runs.Ensure(MostRuns * sizeof(DictionaryRun));
            var before = runCount;
            done = cursor.Codes.ReadRuns(target, ref runCount, MostRuns, filled, slots);
            for (var i = before; i < runCount; i++)
            {
                CheckCode((uint)target[i].Code);
            }
            form = Form.Runs;
            if (done == slots)
            {
                return;
            }
        }
        ExpandRuns(done);
        form = Form.Codes;
        ReadCodes(filled + done, filled + done, present - done, slots - done, validity);
    }

    /// <summary>Writes runs out as codes.</summary>
    /// <param name="more">Rows in the runs beyond those counted as filled.</param>
    private void ExpandRuns(int more = 0)
    {
        if (form != Form.Runs)
        {
            return;
        }
        var target = (int*)codes.Ensure((filled + more) * 4L);
        var start = 0;
        for (var i = 0; i < runCount; i++)
        {
            var run = ((DictionaryRun*)runs.Pointer)[i];
            new Span<int>(target + start, run.End - start).Fill(run.Code);
            start = run.End;
        }
        form = Form.Codes;
    }

    /// <param name="to">Where in the code buffer they go.</param>
    /// <param name="row">Row of the first one, for the validity bits.</param>
    /// <returns>The largest code; 0 when there is none.</returns>
    private uint ReadCodes(int to, int row, int present, int slots, ulong* validity)
    {
        var target = (int*)codes.Ensure(((long)to + slots) * 4, to * 4L) + to;
        cursor.Codes.Read(target, present);
        var largest = CheckCodes(target, present);
        if (present < slots)
        {
            for (var slot = slots - 1; slot >= 0; slot--)
            {
                target[slot] = BitRange.Get(validity, row + slot) ? target[--present] : 0;
            }
        }
        return largest;
    }

    private void CheckCode(uint code)
    {
        if (code >= (uint)(Dictionary?.Length ?? pageCount))
        {
            Throw.Corrupt("a code is not in the dictionary");
        }
    }

    private uint CheckCodes(int* values, int count)
    {
        var i = 0;
        uint largest = 0;
        if (Vector256.IsHardwareAccelerated && count >= 8)
        {
            var largests = Vector256<uint>.Zero;
            for (; i <= count - 8; i += 8)
            {
                largests = Vector256.Max(largests, Vector256.Load((uint*)values + i));
            }
            for (var lane = 0; lane < 8; lane++)
            {
                largest = Math.Max(largest, largests[lane]);
            }
        }
        for (; i < count; i++)
        {
            largest = Math.Max(largest, (uint)values[i]);
        }
        if (count > 0)
        {
            CheckCode(largest);
        }
        return largest;
    }
}
