namespace Micromegas.Parquet.Writing;

/// <summary>The rows of a vector that are to be written, in their order. Number -1 stands for the type's default.</summary>
internal readonly ref struct RowNumbers
{
    private readonly ReadOnlySpan<int> numbers;

    /// <param name="numbers">Any rows.</param>
    public RowNumbers(ReadOnlySpan<int> numbers)
    {
        this.numbers = numbers;
        Start = -1;
    }

    /// <param name="numbers">The numbers one by one.</param>
    /// <param name="start">The first: each is one more than the one before.</param>
    public RowNumbers(ReadOnlySpan<int> numbers, int start)
    {
        this.numbers = numbers;
        Start = start;
    }

    /// <summary>The first of rows that follow each other; -1 when they need not.</summary>
    public int Start { get; }

    public bool AreConsecutive => Start >= 0;

    public int Length => numbers.Length;

    public int this[int index] => numbers[index];

    public ReadOnlySpan<int>.Enumerator GetEnumerator() => numbers.GetEnumerator();
}
