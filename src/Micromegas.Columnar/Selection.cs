using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>The rows of a batch that count, as ascending row numbers. Reused from batch to batch by whoever owns it.</summary>
public sealed unsafe class Selection : IDisposable
{
    private NativeBuffer? buffer;

    /// <param name="capacity">The most rows that it can hold.</param>
    public Selection(int capacity = Batch.MaxRows) => buffer = BufferPool.Shared.Rent(Math.Max(capacity, 1) * 4L);

    /// <summary>Selected rows.</summary>
    public int Count { get; set; }

    /// <summary><see cref="Count"/> row numbers, ascending.</summary>
    public int* Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int*)buffer!.Pointer;
    }

    public ReadOnlySpan<int> Span => new(buffer!.Pointer, Count);

    // The pool may have given the buffer to somebody else by the time of a second call.
    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
    }
}
