namespace Micromegas.Storage;

/// <summary>A store that can show the bytes of an object where they lie, without copying them.</summary>
public interface IMappingObjectStore : IObjectStore
{
    /// <summary>
    /// Maps a range of an object into memory. Its bytes come from the system's cache, or from the disk when they are first touched; an object that is deleted
    /// meanwhile stays until the range is let go of. One that somebody cuts off, or a disk that fails, ends the process: errors of mapped memory are signals.
    /// </summary>
    /// <param name="key">The object's key.</param>
    /// <param name="offset">Where the range begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>The range, followed by <see cref="MappedRange.Slack"/> readable bytes; <see langword="null"/> where the object ends before those, or cannot be mapped.</returns>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    MappedRange? TryMap(string key, long offset, long length);
}
