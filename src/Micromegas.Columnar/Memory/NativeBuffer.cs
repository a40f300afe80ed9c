using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Micromegas.Columnar;

/// <summary>
/// A block of native memory, aligned to 64 bytes and followed by <see cref="Slack"/> readable and writable bytes, so that
/// vector kernels may run over its end. Comes from a <see cref="BufferPool"/> and goes back there on <see cref="Dispose"/>.
/// </summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Bytes behind <see cref="Capacity"/> that may be touched but hold nothing.</summary>
    public const int Slack = 64;

    internal const int Alignment = 64;

    private readonly BufferPool? pool;

    /// <summary>Holds memory that is not the pool's.</summary>
    private readonly IDisposable? owner;
    private readonly bool isMapped;
    private byte* pointer;
    private int rented;
    private MemoryBudget? account;

    internal NativeBuffer(BufferPool pool, long capacity, bool isMapped)
    {
        this.pool = pool;
        Capacity = capacity;
        pointer = isMapped ? NativePages.TryMap(capacity + Slack) : null;
        this.isMapped = pointer != null;
        if (pointer == null)
        {
            pointer = (byte*)NativeMemory.AlignedAlloc(checked((nuint)(capacity + Slack)), Alignment);
        }
    }

    private NativeBuffer(byte* pointer, long capacity, IDisposable owner)
    {
        this.pointer = pointer;
        this.owner = owner;
        Capacity = capacity;
        rented = 1;
    }

    /// <summary>Usable bytes.</summary>
    public long Capacity { get; }

    public byte* Pointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => pointer;
    }

    public Span<byte> Span => new(pointer, checked((int)Capacity));

    /// <summary>Memory of somebody else, which counts on no account, need not be aligned and must not be written to.</summary>
    /// <param name="pointer">Its first byte.</param>
    /// <param name="capacity">Bytes, followed by <see cref="Slack"/> that can be read.</param>
    /// <param name="owner">Disposed with the buffer; the memory stays until then.</param>
    public static NativeBuffer Over(byte* pointer, long capacity, IDisposable owner) => new(pointer, capacity, owner);

    internal void MarkRented(MemoryBudget? budget)
    {
        rented = 1;
        account = budget;
        budget?.Charge(Capacity);
    }

    /// <summary>From now on the buffer counts on another account: it outlives the work that rented it.</summary>
    /// <param name="budget">The account; null = nobody's.</param>
    public void MoveTo(MemoryBudget? budget)
    {
        account?.Discharge(Capacity);
        account = budget;
        budget?.Charge(Capacity);
    }

    /// <summary>Gives the memory back to the pool. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, 0) == 1)
        {
            account?.Discharge(Capacity);
            account = null;
            if (owner is not null)
            {
                pointer = null;
                owner.Dispose();
                GC.SuppressFinalize(this);
                return;
            }
            pool!.Return(this);
        }
    }

    internal void Free()
    {
        if (pointer != null)
        {
            FreeMemory();
            GC.SuppressFinalize(this);
        }
    }

    private void FreeMemory()
    {
        if (isMapped)
        {
            NativePages.Unmap(pointer, Capacity + Slack);
        }
        else
        {
            NativeMemory.AlignedFree(pointer);
        }
        pointer = null;
    }

    /// <summary>A buffer that was lost instead of disposed: its memory is freed here, and the pool's count is set right.</summary>
    ~NativeBuffer()
    {
        if (owner is not null)
        {
            owner.Dispose();
            return;
        }
        if (rented == 1)
        {
            account?.Discharge(Capacity);
            pool!.Lose(this);
        }
        FreeMemory();
    }
}
