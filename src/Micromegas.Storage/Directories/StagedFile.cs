using Microsoft.Win32.SafeHandles;

namespace Micromegas.Storage.Directories;

/// <summary>A file being written; it gets its real name at the end and disappears when disposed without.</summary>
internal sealed class StagedFile : IDisposable
{
    // A deletion may remove the folder between its creation and the link; each retry creates it again.
    private const int FolderRetries = 100;

    private readonly string _path;
    private readonly bool _flushToDisk;
    private readonly SafeFileHandle _handle;
    private bool _disposed;

    public StagedFile(string path, bool flushToDisk)
    {
        _path = path;
        _flushToDisk = flushToDisk;
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete);
    }

    public void Write(ReadOnlySpan<byte> content, long offset) => RandomAccess.Write(_handle, content, offset);

    /// <summary>False when the name is taken.</summary>
    public bool PublishNew(string target)
    {
        Finish();
        return InFolderOf(target, () => HardLink.TryName(_path, target));
    }

    public void Replace(string target)
    {
        Finish();
        InFolderOf(target, () =>
        {
            File.Move(_path, target, overwrite: true);
            return true;
        });
    }

    private static bool InFolderOf(string target, Func<bool> publish)
    {
        string folder = Path.GetDirectoryName(target)!;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (IOException) when (attempt < FolderRetries && !File.Exists(folder))
            {
                // A deletion cleaned the folder up in between. Making one says so in two ways: as if a file were
                // missing (a parent went), or as if a file had the name (the folder was there, then was not).
                Thread.Yield();
                continue;
            }
            try
            {
                return publish();
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException && attempt < FolderRetries)
            {
                Thread.Yield();
            }
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _handle.Dispose();
        File.Delete(_path);
    }

    private void Finish()
    {
        if (_flushToDisk)
        {
            RandomAccess.FlushToDisk(_handle);
        }
        _handle.Dispose();
    }
}
