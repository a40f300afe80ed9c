using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Micromegas.Storage.S3;

/// <summary>
/// Create-only puts: <c>If-None-Match: *</c>, which the store must honour (spec/data-lake.md §2.3). A gateway that does not know the header says so or, worse, takes it
/// and overwrites; before the first put it is therefore asked once whether it refuses a second object of one key, and nothing is written where it does not.
/// </summary>
internal sealed class S3Creation(BucketClient bucket)
{
    private const string Folder = ".micromegas/";
    private const string Probe = Folder + "create-only";

    // A conflict between concurrent writers leaves no object when the other writer fails.
    private const int Attempts = 6;
    private const int Pause = 20;

    private readonly Lock _asking = new();
    private Task? _asked;

    /// <summary>Keys of objects that are not the callers'.</summary>
    public static bool Owns(string key) => key.StartsWith(Folder, StringComparison.Ordinal);

    /// <summary>Stores the object, unless there is one.</summary>
    public async ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        await CheckAsync(key, ct).ConfigureAwait(false);
        return await TryPutAsync(key, content, ct).ConfigureAwait(false);
    }

    /// <summary>Fails where the gateway would overwrite.</summary>
    public async ValueTask CheckAsync(string key, CancellationToken ct)
    {
        Task asked;
        lock (_asking)
        {
            // Shared by all who wait, whose tokens must not end it for the others; tried again after a failure.
            asked = _asked is null || _asked.IsFaulted || _asked.IsCanceled ? _asked = AskAsync() : _asked;
        }
        try
        {
            await asked.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            throw new ObjectStoreException(key, e.Message, e);
        }
    }

    /// <summary>Whether an answer means that the key is taken, or was while the request ran.</summary>
    public static bool IsTaken(AmazonS3Exception e) =>
        e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.NotModified && e.ErrorCode != "OperationAborted";

    private async Task AskAsync()
    {
        // The object stays: the next process that asks has its answer with one request.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (await TryPutAsync(Probe, ReadOnlyMemory<byte>.Empty, CancellationToken.None).ConfigureAwait(false) == PutResult.AlreadyExists)
            {
                return;
            }
        }
        throw new ObjectStoreException(
            Probe, $"the object store of bucket '{bucket.Name}' does not support create-only writes (it ignores If-None-Match: *); the lake can be read only");
    }

    private async ValueTask<PutResult> TryPutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        string mark = Guid.NewGuid().ToString("N");
        for (int attempt = 1; ; attempt++)
        {
            if (await SendAsync(key, content, mark, ct).ConfigureAwait(false))
            {
                return PutResult.Stored;
            }

            // The answer to an earlier attempt of the same put may have been lost: then the object is ours.
            (ObjectInfo Info, string? Mark)? found = await bucket.FindAsync(key, ct).ConfigureAwait(false);
            if (found is { } existing)
            {
                return existing.Mark == mark ? PutResult.Stored : PutResult.AlreadyExists;
            }
            if (attempt == Attempts)
            {
                throw new ObjectStoreException(key, $"cannot write object '{key}': other writers of that key are in the way");
            }
            await Task.Delay(Pause * attempt, ct).ConfigureAwait(false);
        }
    }

    private ValueTask<bool> SendAsync(string key, ReadOnlyMemory<byte> content, string mark, CancellationToken ct) =>
        bucket.CallAsync(
            key,
            "write",
            async client =>
            {
                PutObjectRequest request = bucket.PutRequest(key, content);
                request.IfNoneMatch = "*";
                BucketClient.Mark(request.Metadata, mark);
                try
                {
                    await client.PutObjectAsync(request, ct).ConfigureAwait(false);
                    return true;
                }
                catch (AmazonS3Exception e) when (IsTaken(e))
                {
                    return false;
                }
                catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotImplemented || e.ErrorCode == "NotImplemented")
                {
                    throw new ObjectStoreException(
                        key, $"the object store of bucket '{bucket.Name}' does not support create-only writes (If-None-Match: *); the lake can be read only", e);
                }
            },
            ct);
}
