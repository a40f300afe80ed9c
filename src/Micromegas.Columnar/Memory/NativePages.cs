using System.Runtime.InteropServices;

namespace Micromegas.Columnar;

/// <summary>
/// Large blocks of native memory, mapped one by one, so that a block that is freed is the system's again. glibc maps large blocks too, but only until some were
/// freed: then it takes blocks of up to 32 MiB from heaps that hardly shrink, and a statement that held 60 MiB at a time left 130 resident. Allocators of other
/// systems need no help.
/// </summary>
internal static unsafe partial class NativePages
{
    /// <summary>Smaller blocks are left to the allocator, which packs them together.</summary>
    private const long Smallest = 32 << 10;

    /// <summary>
    /// A process may have some 65,000 mappings (vm.max_map_count), and is not ours alone: the allocator has to do where there are many, for small blocks earlier than for
    /// those from <see cref="Large"/> on.
    /// </summary>
    private const int MaxBlocks = 16 << 10;
    private const long Large = 256 << 10;

    // Of mman.h, the same on all processors that .NET runs Linux on.
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int DontNeed = 4;

    private static int blocks;

    /// <summary>A block of so many bytes, aligned to a page; null where the allocator is to be asked.</summary>
    public static byte* TryMap(long bytes)
    {
        if (bytes < Smallest || !OperatingSystem.IsLinux())
        {
            return null;
        }
        if (Interlocked.Increment(ref blocks) <= (bytes < Large ? MaxBlocks / 2 : MaxBlocks))
        {
            var start = Map(null, checked((nuint)bytes), ReadWrite, PrivateAnonymous, -1, 0);
            if (start != (void*)-1)
            {
                return (byte*)start;
            }
        }
        Interlocked.Decrement(ref blocks);
        return null;
    }

    /// <summary>Gives back a block that <see cref="TryMap"/> gave.</summary>
    public static void Unmap(byte* start, long bytes)
    {
        if (Unmap(start, checked((nuint)bytes)) == 0)
        {
            Interlocked.Decrement(ref blocks);
            return;
        }
        // A hole between two blocks makes two mappings of one, and the process has as many as it may: the memory goes, its addresses stay.
        _ = Advise(start, checked((nuint)bytes), DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
