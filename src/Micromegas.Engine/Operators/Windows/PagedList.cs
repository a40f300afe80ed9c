using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// A list that grows at its end, whose first items may go to a temporary file page by page. Of the pages there, those asked for last stay in memory.
/// </summary>
internal sealed unsafe class PagedList<T> : IDisposable
    where T : unmanaged
{
    private const int PageBytes = 32 << 10;
    private const int ResidentPages = 12;

    private static readonly int PageShift = BitOperations.Log2((uint)(PageBytes / sizeof(T)));

    private readonly NativeList<T> tail = new();
    private readonly NativeList<SpilledBatch> pages = new();
    private readonly List<Resident> residents = [];
    private SpillFile? file;
    private int paged;
    private int last;
    private long uses;

    public int Count => paged + tail.Count;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => tail.Bytes + residents.Sum(static resident => resident.Buffer.Capacity);

    /// <summary>Bytes of memory that adding so many items asks for.</summary>
    public long GrowthBytes(int more) => tail.GrowthBytes(more);

    public T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => index >= paged ? tail.Items[index - paged] : Paged(index);
    }

    /// <summary>The items that are not in the file.</summary>
    public Span<T> Tail => tail.Span;

    public void Add(T item) => tail.Add(item);

    /// <summary>Makes room in memory for items to be added.</summary>
    public void EnsureRoom(int more) => tail.EnsureCapacity(tail.Count + more);

    /// <summary>Moves whole pages to a file, the same at each call; it lives until the list is cleared.</summary>
    public void PageOut(SpillFile target)
    {
        file = target;
        var items = 1 << PageShift;
        var whole = tail.Count >> PageShift;
        for (var page = 0; page < whole; page++)
        {
            pages.Add(target.WriteBytes(new ReadOnlySpan<byte>(tail.Items + ((long)page * items), items * sizeof(T))));
        }
        Drop(whole * items);
        paged += whole * items;
    }

    /// <summary>Forgets the first items, those in the file among them.</summary>
    public void RemoveFirst(int count)
    {
        if (count < paged)
        {
            throw new ArgumentOutOfRangeException(nameof(count), "Items in a file are forgotten all at once.");
        }
        Drop(count - paged);
        Forget();
    }

    public void Clear()
    {
        tail.Count = 0;
        Forget();
    }

    public void Dispose()
    {
        Forget();
        pages.Dispose();
        tail.Dispose();
    }

    private void Drop(int count)
    {
        tail.Span[count..].CopyTo(tail.Span);
        tail.Count -= count;
    }

    private void Forget()
    {
        foreach (var resident in residents)
        {
            resident.Buffer.Dispose();
        }
        residents.Clear();
        pages.Count = 0;
        paged = 0;
        last = 0;
    }

    private T Paged(int index)
    {
        var page = index >> PageShift;
        if (last >= residents.Count || residents[last].Page != page)
        {
            last = Load(page);
        }
        return ((T*)residents[last].Buffer.Pointer)[index & ((1 << PageShift) - 1)];
    }

    private int Load(int page)
    {
        uses++;
        var place = 0;
        for (var i = 0; i < residents.Count; i++)
        {
            if (residents[i].Page == page)
            {
                residents[i] = residents[i] with { Used = uses };
                return i;
            }
            place = residents[i].Used < residents[place].Used ? i : place;
        }
        if (residents.Count < ResidentPages)
        {
            place = residents.Count;
            residents.Add(new Resident(BufferPool.Shared.Rent(PageBytes), page, uses));
        }
        var buffer = residents[place].Buffer;
        file!.ReadBytes(pages[page], buffer.Pointer);
        residents[place] = new Resident(buffer, page, uses);
        return place;
    }

    private readonly record struct Resident(NativeBuffer Buffer, int Page, long Used);
}
