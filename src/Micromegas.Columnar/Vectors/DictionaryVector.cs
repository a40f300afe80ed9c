using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Rows from here (the end of the run before) up to <see cref="End"/> (exclusive) hold <see cref="Code"/>.</summary>
public readonly record struct DictionaryRun(int End, int Code);

/// <summary>
/// Codes into a vector of values. The values never change while the vector object lives: a new dictionary is a new object, so results per
/// dictionary may be cached by reference. A row is null when its code is null (<see cref="Vector.Validity"/>; the code is then unspecified)
/// or when its value is. Where the file had runs and no row is null, <see cref="Runs"/> has them; the codes are then written out only when asked for.
/// </summary>
public sealed unsafe class DictionaryVector : Vector
{
    private NativeBuffer? codeBuffer;
    private int* codes;
    private DictionaryRun* runs;
    private int runCount;

    public DictionaryVector(DataType type, Vector values)
        : base(type) => Values = values;

    /// <summary>
    /// The distinct values; may hold nulls, and the same value twice. The vector never changes while anything refers to it: whoever remembers what it computed
    /// from a dictionary (function results, key numbers, ranks) compares references, and a dictionary with other values is another vector, never
    /// the same one filled anew.
    /// </summary>
    public Vector Values { get; private set; }

    /// <summary>Whether this vector disposes <see cref="Values"/> with itself.</summary>
    public bool OwnsValues { get; set; }

    /// <summary>
    /// The share that this vector has in <see cref="Values"/>, which other vectors use too; given back, by one call of <c>Dispose</c>, with the vector.
    /// </summary>
    public IDisposable? ValuesShare { get; set; }

    /// <summary>One code a row, each from 0 to <c>Values.Length - 1</c> (unspecified for null rows).</summary>
    public int* Codes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => codes != null ? codes : Expand();
    }

    /// <summary>The runs of equal codes in row order, covering all rows; empty when unknown.</summary>
    public ReadOnlySpan<DictionaryRun> Runs => new(runs, runCount);

    public override bool MayHaveNulls => Validity != null || Values.MayHaveNulls;

    public override long OwnedBytes => base.OwnedBytes + (codeBuffer?.Capacity ?? 0) + (OwnsValues ? Values.OwnedBytes : 0);

    public override bool IsNull(int row) => base.IsNull(row) || (Values.MayHaveNulls && Values.IsNull(Codes[row]));

    public override Vector Resolve(ref int row)
    {
        row = Codes[row];
        return Values.Resolve(ref row);
    }

    /// <summary>Looks at codes that somebody else keeps.</summary>
    public void Attach(Vector values, int* rowCodes, int length)
    {
        Values = values;
        codes = rowCodes;
        runs = null;
        runCount = 0;
        Length = length;
        AttachValidity(null);
    }

    /// <summary>Looks at runs that somebody else keeps; no row is null.</summary>
    public void AttachRuns(Vector values, DictionaryRun* first, int count, int length)
    {
        Values = values;
        codes = null;
        runs = first;
        runCount = count;
        Length = length;
        AttachValidity(null);
    }

    /// <summary>Own memory for <paramref name="rows"/> codes, without nulls; the codes are undefined.</summary>
    public void Prepare(Vector values, int rows)
    {
        Values = values;
        EnsureCapacity(ref codeBuffer, rows * 4L);
        codes = (int*)codeBuffer!.Pointer;
        runs = null;
        runCount = 0;
        Length = rows;
        AttachValidity(null);
    }

    internal void Adopt(NativeBuffer? rowCodes, NativeBuffer? validity, int length)
    {
        codeBuffer?.Dispose();
        codeBuffer = rowCodes;
        codes = rowCodes == null ? null : (int*)rowCodes.Pointer;
        runs = null;
        runCount = 0;
        AdoptValidity(validity);
        Length = length;
    }

    private int* Expand()
    {
        EnsureCapacity(ref codeBuffer, Math.Max(Length, 1) * 4L);
        var target = (int*)codeBuffer!.Pointer;
        var start = 0;
        for (var i = 0; i < runCount; i++)
        {
            new Span<int>(target + start, runs[i].End - start).Fill(runs[i].Code);
            start = runs[i].End;
        }
        return codes = target;
    }

    public override void Dispose()
    {
        base.Dispose();
        codeBuffer?.Dispose();
        codeBuffer = null;
        codes = null;
        runs = null;
        runCount = 0;
        if (OwnsValues)
        {
            Values.Dispose();
        }
        ValuesShare?.Dispose();
        ValuesShare = null;
    }
}
