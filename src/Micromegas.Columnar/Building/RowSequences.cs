using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>The rows that a copy takes, one after the other; a struct, so that loops over it are compiled for each kind.</summary>
internal interface IRowSequence
{
    int this[int index] { get; }
}

/// <summary>Rows that follow each other.</summary>
internal readonly struct RowRange(int start) : IRowSequence
{
    public int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => start + index;
    }
}

/// <summary>Rows by their numbers.</summary>
internal readonly unsafe struct RowNumbers(int* first) : IRowSequence
{
    private readonly int* first = first;

    public int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => first[index];
    }
}
