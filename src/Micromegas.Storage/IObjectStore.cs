namespace Micromegas.Storage;

/// <summary>
/// A flat space of immutable objects named by slash-separated keys. Objects appear whole or not at all, and once stored their bytes never change
/// unless somebody asks for <see cref="PutMode.Overwrite"/>; caches rely on that.
/// </summary>
/// <remarks>
/// Every method throws <see cref="ArgumentException"/> for an invalid key, <see cref="ObjectStoreException"/> when the store fails and
/// <see cref="OperationCanceledException"/> when the token was cancelled. All members may be called concurrently.
/// </remarks>
public interface IObjectStore
{
    /// <summary>
    /// Bytes whose arrival takes about as long as one more request: who needs a part of an object to know whether it needs the rest asks twice where the rest is much more than this.
    /// </summary>
    int RequestCost => 256 * 1024;

    /// <summary>Size and age of an object, or null when there is none of that key.</summary>
    ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct);

    /// <summary>
    /// Fills <paramref name="into"/>[i] with the bytes of <paramref name="ranges"/>[i]. The store coalesces neighbours and reads groups concurrently, so one
    /// call for many ranges is cheaper than many calls.
    /// </summary>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    /// <exception cref="ObjectStoreException">A range ends beyond the object, or the store failed.</exception>
    ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct);

    /// <summary>Stores an object in one step. With <see cref="PutMode.CreateOnly"/> exactly one of several concurrent writers gets <see cref="PutResult.Stored"/>.</summary>
    ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct);

    /// <summary>Begins a streamed, create-only put for large objects under unique keys.</summary>
    ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct);

    /// <summary>All objects whose key starts with <paramref name="prefix"/> (plain text, not a folder), in ordinal order of their keys.</summary>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct);

    /// <summary>Deletes objects; keys without object are no error.</summary>
    ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct);
}
