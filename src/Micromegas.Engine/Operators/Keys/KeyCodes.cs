using System.Numerics;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// One key column of a batch as small codes: those of a dictionary, Booleans, integers below 256, and flat values that come in runs (numbered by
/// <see cref="ValueCodes"/>). Codes are below <see cref="Size"/>; null rows have <see cref="Size"/> itself, or the code of a null value.
/// </summary>
internal sealed unsafe class KeyCodes : IDisposable
{
    private const int SmallIntegers = 256;

    /// <summary>Runs shorter than this on average are no runs.</summary>
    private const int LeastRun = 8;

    /// <summary>So many rows are looked at before all are.</summary>
    private const int FirstRows = 256;

    private readonly NativeList<int> scratch = new();
    private readonly NativeList<DictionaryRun> runs = new();
    private ValueCodes? values;

    public int Size { get; private set; }

    /// <summary>Stands for what the codes mean: while it and <see cref="Size"/> stay, equal codes are equal keys.</summary>
    public object? Identity { get; private set; }

    /// <summary>A code for each selected row, at the row's place.</summary>
    public int* Codes { get; private set; }

    /// <summary>Runs of equal codes, from <see cref="TryReadRuns"/>.</summary>
    public ReadOnlySpan<DictionaryRun> Runs => new(RunItems, RunCount);

    private DictionaryRun* RunItems { get; set; }

    private int RunCount { get; set; }

    /// <summary>Reads a column of which all rows count as runs; false when it has none, or nulls.</summary>
    public bool TryReadRuns(Vector vector, int rowCount)
    {
        if (vector is DictionaryVector { Validity: null } dictionary)
        {
            var known = dictionary.Runs;
            if (known.Length == 0 || known.Length * LeastRun > rowCount || dictionary.Values is DictionaryVector or ConstantVector or NullVector)
            {
                return false;
            }
            Set(Math.Max(dictionary.Values.Length, 1), dictionary.Values);
            fixed (DictionaryRun* first = known)
            {
                RunItems = first;
            }
            RunCount = known.Length;
            return true;
        }
        return vector is FlatVector { Validity: null } flat && TryNumber(flat, rowCount);
    }

    /// <summary>Reads a column as codes; false when it has no small ones.</summary>
    public bool TryRead(in VectorAccess access, int* rows, int count, int rowCount)
    {
        if (access.Codes != null)
        {
            Set(Math.Max(access.Plain.Length, 1), access.Plain);
            Codes = access.MayHaveNulls ? WithNulls(access, rows, count, rowCount) : access.Codes;
            return true;
        }
        if (!access.IsDirect)
        {
            return false;
        }
        switch (access.Plain)
        {
            case BitVector bits:
                Set(2, null);
                var target = Scratch(rowCount);
                for (var i = 0; i < count; i++)
                {
                    var row = rows == null ? i : rows[i];
                    target[row] = access.IsNull(row) ? Size : bits[row] ? 1 : 0;
                }
                return true;
            case FlatVector<sbyte> or FlatVector<byte> or FlatVector<short> or FlatVector<int> or FlatVector<long> when TryReadSmall(access, rows, count, rowCount):
                return true;
            case FlatVector flat when rows == null && !access.MayHaveNulls && TryNumber(flat, rowCount):
                Expand(rowCount);
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        scratch.Dispose();
        runs.Dispose();
        values?.Dispose();
    }

    private void Set(int size, object? identity)
    {
        Size = size;
        Identity = identity;
    }

    private int* Scratch(int rowCount)
    {
        scratch.EnsureCapacity(Math.Max(rowCount, Batch.MaxRows));
        return Codes = scratch.Items;
    }

    private int* WithNulls(in VectorAccess access, int* rows, int count, int rowCount)
    {
        var target = Scratch(rowCount);
        var codes = access.Codes;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            target[row] = access.IsNull(row) ? Size : codes[row];
        }
        return target;
    }

    private bool TryReadSmall(in VectorAccess access, int* rows, int count, int rowCount) => access.Plain switch
    {
        FlatVector<byte> flat => TryReadSmall(flat.Values, access, rows, count, rowCount),
        FlatVector<sbyte> flat => TryReadSmall(flat.Values, access, rows, count, rowCount),
        FlatVector<short> flat => TryReadSmall(flat.Values, access, rows, count, rowCount),
        FlatVector<int> flat => TryReadSmall(flat.Values, access, rows, count, rowCount),
        FlatVector<long> flat => TryReadSmall(flat.Values, access, rows, count, rowCount),
        _ => false,
    };

    private bool TryReadSmall<T>(T* source, in VectorAccess access, int* rows, int count, int rowCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        Set(SmallIntegers, null);
        if (rows == null && !access.MayHaveNulls)
        {
            if (!AreSmall(source, count))
            {
                return false;
            }
            if (typeof(T) == typeof(int))
            {
                Codes = (int*)source;
                return true;
            }
            var narrow = Scratch(rowCount);
            for (var i = 0; i < count; i++)
            {
                narrow[i] = int.CreateTruncating(source[i]);
            }
            return true;
        }
        var target = Scratch(rowCount);
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            var isNull = access.IsNull(row);
            if (!isNull && ulong.CreateTruncating(source[row]) >= SmallIntegers)
            {
                return false;
            }
            target[row] = isNull ? Size : int.CreateTruncating(source[row]);
        }
        return true;
    }

    private static bool AreSmall<T>(T* source, int count)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Most columns that are not small show it in their first value.
        if (count > 0 && ulong.CreateTruncating(source[0]) >= SmallIntegers)
        {
            return false;
        }
        var seen = T.Zero;
        var i = 0;
        if (count >= Vector<T>.Count)
        {
            var all = Vector<T>.Zero;
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                all |= *(Vector<T>*)(source + i);
            }
            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                seen |= all[lane];
            }
        }
        for (; i < count; i++)
        {
            seen |= source[i];
        }
        return ulong.CreateTruncating(seen) < SmallIntegers;
    }

    /// <summary>Numbers values that come in runs.</summary>
    private bool TryNumber(FlatVector flat, int rowCount) => flat.ElementSize switch
    {
        4 => TryNumber((uint*)flat.Data, rowCount),
        8 => TryNumber((ulong*)flat.Data, rowCount),
        _ => false,
    };

    private bool TryNumber<T>(T* source, int rowCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        // What begins with runs mostly goes on so; counting runs tells if it does not.
        var some = Math.Min(rowCount, FirstRows);
        if (rowCount == 0 || (CountChanges(source, some) * LeastRun > some && CountChanges(source, rowCount) * LeastRun > rowCount))
        {
            return false;
        }
        values ??= new ValueCodes();
        if (TryNumberRuns(source, rowCount))
        {
            return true;
        }
        values.Reset();
        return runs.Count * LeastRun <= rowCount && TryNumberRuns(source, rowCount);
    }

    private bool TryNumberRuns<T>(T* source, int rowCount)
        where T : unmanaged, IBinaryInteger<T>
    {
        runs.Count = 0;
        for (var row = 0; row < rowCount;)
        {
            if (runs.Count * LeastRun > rowCount)
            {
                return false;
            }
            var value = source[row];
            var code = values!.Add(ulong.CreateTruncating(value));
            if (code < 0)
            {
                return false;
            }
            row = EndOfRun(source, row + 1, rowCount, value);
            runs.Add(new DictionaryRun(row, code));
        }
        RunItems = runs.Items;
        RunCount = runs.Count;
        // Room for more values, so that a new one does not change what the codes mean.
        Set((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(values!.Count, 8)), values.Identity);
        return true;
    }

    private static int EndOfRun<T>(T* source, int row, int count, T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        var all = Vector256.Create(value);
        while (row <= count - Vector256<T>.Count && Vector256.EqualsAll(Vector256.Load(source + row), all))
        {
            row += Vector256<T>.Count;
        }
        while (row < count && source[row] == value)
        {
            row++;
        }
        return row;
    }

    private static int CountChanges<T>(T* source, int count)
        where T : unmanaged, IBinaryInteger<T>
    {
        var changes = 0;
        var i = 0;
        for (; i <= count - 1 - Vector256<T>.Count; i += Vector256<T>.Count)
        {
            var same = Vector256.Equals(Vector256.Load(source + i), Vector256.Load(source + i + 1)).ExtractMostSignificantBits();
            changes += Vector256<T>.Count - BitOperations.PopCount(same);
        }
        for (; i < count - 1; i++)
        {
            changes += source[i] == source[i + 1] ? 0 : 1;
        }
        return changes;
    }

    private void Expand(int rowCount)
    {
        var target = Scratch(rowCount);
        var start = 0;
        foreach (var run in Runs)
        {
            new Span<int>(target + start, run.End - start).Fill(run.Code);
            start = run.End;
        }
    }
}
