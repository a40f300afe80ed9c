using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using Micromegas.Storage.S3;

namespace Micromegas.Storage;

/// <summary>
/// Objects in a bucket of Amazon's S3 or of a gateway that speaks its protocol. Puts that must not overwrite rely on the gateway's conditional writes; a gateway
/// without them can be read only.
/// </summary>
public sealed class S3ObjectStore : IObjectStore, IWholeObjectReader, IDisposable
{
    private const int DeletionBatch = 1000;

    private readonly BucketClient _bucket;
    private readonly S3Creation _creation;
    private readonly string _name;

    /// <summary>Creates a store on a bucket, which must exist. Nothing is sent before the first call.</summary>
    public S3ObjectStore(S3ObjectStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Bucket);
        _bucket = new BucketClient(options);
        _creation = new S3Creation(_bucket);
        _name = options.ToString();
    }

    /// <inheritdoc/>
    public int RequestCost => S3RangeRead.RequestCost;

    /// <inheritdoc/>
    public async ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct)
    {
        Validate(key);
        return (await _bucket.FindAsync(key, ct).ConfigureAwait(false))?.Info;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        Validate(key);
        RangeReads.Validate(ranges, into);
        ct.ThrowIfCancellationRequested();
        await new S3RangeRead(_bucket, key, ranges, into).RunAsync(ct).ConfigureAwait(false);
    }

    async ValueTask<byte[]> IWholeObjectReader.ReadAllAsync(string key, int maximumSize, CancellationToken ct)
    {
        Validate(key);
        return await new S3WholeRead(_bucket, key, maximumSize).RunAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct)
    {
        Validate(key);
        if (mode == PutMode.CreateOnly)
        {
            return await _creation.PutAsync(key, content, ct).ConfigureAwait(false);
        }
        await _bucket.CallAsync(key, "write", client => client.PutObjectAsync(_bucket.PutRequest(key, content), ct), ct).ConfigureAwait(false);
        return PutResult.Stored;
    }

    /// <inheritdoc/>
    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct)
    {
        Validate(key);
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult<ObjectUpload>(new S3Upload(_bucket, _creation, key));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        ObjectKey.ValidatePrefix(prefix);
        string? page = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = _bucket.Name, Prefix = _bucket.Root + prefix, ContinuationToken = page };
            ListObjectsV2Response response = await _bucket.CallAsync(
                prefix, "list", client => client.ListObjectsV2Async(request, ct), ct).ConfigureAwait(false);
            foreach (S3Object found in response.S3Objects ?? [])
            {
                string key = found.Key[_bucket.Root.Length..];

                // Some programs mark folders with empty objects, which are no keys of ours.
                if (key.Length > 0 && key[^1] != '/' && !S3Creation.Owns(key))
                {
                    yield return new ObjectInfo(key, found.Size ?? 0, BucketClient.Time(found.LastModified));
                }
            }
            page = response.IsTruncated == true ? response.NextContinuationToken : null;
        }
        while (page is not null);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (string key in keys)
        {
            Validate(key);
        }
        foreach (string[] batch in keys.Distinct(StringComparer.Ordinal).Chunk(DeletionBatch))
        {
            await _bucket.CallAsync(batch[0], "delete", client => client.DeleteObjectsAsync(
                new DeleteObjectsRequest
                {
                    BucketName = _bucket.Name,
                    Quiet = true,
                    Objects = [.. batch.Select(key => new KeyVersion { Key = _bucket.Root + key })],
                },
                ct), ct).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connections; requests in progress fail.</summary>
    public void Dispose() => _bucket.Dispose();

    /// <summary>The address, without credentials.</summary>
    public override string ToString() => _name;

    private static void Validate(string key)
    {
        ObjectKey.Validate(key);
        if (S3Creation.Owns(key))
        {
            Throw.InvalidKey(key, "lies in the folder of the store's own objects");
        }
    }
}
