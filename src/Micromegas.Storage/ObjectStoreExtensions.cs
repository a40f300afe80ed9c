namespace Micromegas.Storage;

/// <summary>What callers of any store need and stores need not write again.</summary>
public static class ObjectStoreExtensions
{
    /// <summary>Reads a whole object.</summary>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    /// <exception cref="ObjectStoreException">It is larger than <paramref name="maximumSize"/>, or the store failed.</exception>
    public static async ValueTask<byte[]> ReadAllAsync(this IObjectStore store, string key, CancellationToken ct, int maximumSize = 0x7FFFFFC7)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (store is IWholeObjectReader reader)
        {
            return await reader.ReadAllAsync(key, maximumSize, ct).ConfigureAwait(false);
        }
        ObjectInfo info = await store.HeadAsync(key, ct).ConfigureAwait(false) ?? throw new ObjectNotFoundException(key);
        if (info.Size > maximumSize)
        {
            throw Throw.TooLarge(key, info.Size, maximumSize);
        }
        byte[] content = GC.AllocateUninitializedArray<byte>((int)info.Size);
        if (content.Length != 0)
        {
            await store.ReadAsync(key, [new ByteRange(0, content.Length)], [content], ct).ConfigureAwait(false);
        }
        return content;
    }
}
