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
        ObjectInfo info = await store.HeadAsync(key, ct).ConfigureAwait(false) ?? throw new ObjectNotFoundException(key);
        if (info.Size > maximumSize)
        {
            throw new ObjectStoreException(key, $"object '{key}' has {info.Size} bytes, more than the {maximumSize} that can be read at once");
        }
        byte[] content = GC.AllocateUninitializedArray<byte>((int)info.Size);
        if (content.Length != 0)
        {
            await store.ReadAsync(key, [new ByteRange(0, content.Length)], [content], ct).ConfigureAwait(false);
        }
        return content;
    }
}
