using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Micromegas.Storage.Directories;

/// <summary>All of a file in memory.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    /// <summary>POSIX_MADV_WILLNEED.</summary>
    private const int WillNeed = 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _pointer;

    private MappedFile(SafeFileHandle handle, long length)
    {
        Length = length;
        _file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
    }

    public long Length { get; }

    /// <summary>Maps a file; an empty one cannot be.</summary>
    public static MappedFile? TryOpen(SafeFileHandle handle) => RandomAccess.GetLength(handle) is > 0 and var length ? new MappedFile(handle, length) : null;

    /// <summary>The place of a range; the system begins to read what of it is not in its cache.</summary>
    public byte* Begin(long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            var start = (nuint)(_pointer + offset) & ~((nuint)Environment.SystemPageSize - 1);
            // An advice: that it is not taken costs time and nothing else.
            _ = Advise((void*)start, (nuint)(_pointer + offset + length) - start, WillNeed);
        }
        return _pointer + offset;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "posix_madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
