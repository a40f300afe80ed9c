using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>A row to sort: the first twelve bytes of its key, as numbers, and its id.</summary>
internal readonly unsafe struct SortEntry(ulong first, uint second, int id)
{
    /// <summary>Bytes of the key that an entry holds; shorter keys count as followed by zeros.</summary>
    public const int PrefixLength = 12;

    public readonly ulong First = first;
    public readonly uint Second = second;
    public readonly int Id = id;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SortEntry Of(byte* key, int length, int id)
    {
        if (length >= PrefixLength)
        {
            return new SortEntry(
                BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(key)),
                BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(key + 8)),
                id);
        }
        var padded = stackalloc byte[PrefixLength];
        new Span<byte>(padded, PrefixLength).Clear();
        new ReadOnlySpan<byte>(key, length).CopyTo(new Span<byte>(padded, PrefixLength));
        return Of(padded, PrefixLength, id);
    }

    /// <summary>Compares what the entries themselves hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ComparePrefix(SortEntry other) =>
        First != other.First ? (First < other.First ? -1 : 1) : Second.CompareTo(other.Second);
}

/// <summary>Compares entries by prefix, then by the whole keys (where they may be longer), then by id: rows that compare equal keep their order.</summary>
internal readonly struct SortEntryComparer(BytesColumnStore? keys) : IComparer<SortEntry>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Compare(SortEntry x, SortEntry y)
    {
        var order = x.ComparePrefix(y);
        return order != 0 ? order : CompareRest(x, y);
    }

    /// <summary>The same for rows whose ids do not tell their order: 0 for equal keys.</summary>
    public int CompareKeys(SortEntry x, SortEntry y)
    {
        var order = x.ComparePrefix(y);
        return order != 0 || keys is null ? order : keys.Get(x.Id).Span.SequenceCompareTo(keys.Get(y.Id).Span);
    }

    /// <summary>Sorts entries; ends early when the statement is cancelled that the thread works for.</summary>
    /// <exception cref="OperationCanceledException">The statement was cancelled.</exception>
    public static unsafe void Sort(Span<SortEntry> entries, BytesColumnStore? keys)
    {
        var left = Interruptible.Comparisons;
        try
        {
            entries.Sort(new Interruptible(new SortEntryComparer(keys), &left));
        }
        catch (InvalidOperationException exception) when (exception.InnerException is OperationCanceledException)
        {
            // The framework wraps what a comparer throws.
            ExceptionDispatchInfo.Throw(exception.InnerException);
        }
    }

    private int CompareRest(SortEntry x, SortEntry y)
    {
        if (keys is not null)
        {
            var order = keys.Get(x.Id).Span.SequenceCompareTo(keys.Get(y.Id).Span);
            if (order != 0)
            {
                return order;
            }
        }
        return x.Id.CompareTo(y.Id);
    }

    /// <summary>Asks, every so many comparisons, whether the sort is still wanted. The count lies with the caller, as comparers are copied.</summary>
    private readonly unsafe struct Interruptible(SortEntryComparer comparer, int* left) : IComparer<SortEntry>
    {
        /// <summary>About a millisecond of comparing.</summary>
        public const int Comparisons = 1 << 16;

        private readonly int* left = left;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Compare(SortEntry x, SortEntry y)
        {
            if (--*left < 0)
            {
                Ask();
            }
            return comparer.Compare(x, y);
        }

        private void Ask()
        {
            Interruption.ThrowIfRequested();
            *left = Comparisons;
        }
    }
}
