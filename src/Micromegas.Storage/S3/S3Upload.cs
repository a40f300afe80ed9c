using System.Buffers;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Micromegas.Storage.S3;

/// <summary>
/// A streamed put: one create-only request when all fits into a part, else an upload in parts, of which two are on their way while the next is filled.
/// </summary>
internal sealed class S3Upload(BucketClient bucket, S3Creation creation, string key) : ObjectUpload(key)
{
    // S3 takes ten thousand parts of at least 5 MiB.
    private const int PartSize = 8 << 20;
    private const int PartsUnderWay = 2;
    private static readonly TimeSpan s_abortLimit = TimeSpan.FromSeconds(10);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly Queue<Task<PartETag>> _underWay = new();
    private readonly List<PartETag> _parts = [];
    private readonly CancellationTokenSource _ended = new();
    private byte[]? _buffer;
    private int _filled;
    private string? _uploadId;
    private bool _wasCancelled;

    protected override async ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        while (content.Length > 0)
        {
            // A full part is sent when more comes, so that what fits into one part needs one request.
            if (_filled == PartSize)
            {
                await WatchAsync(SendPartAsync(ct)).ConfigureAwait(false);
            }
            _buffer ??= ArrayPool<byte>.Shared.Rent(PartSize);
            int count = Math.Min(content.Length, PartSize - _filled);
            content.Span[..count].CopyTo(_buffer.AsSpan(_filled));
            _filled += count;
            content = content[count..];
        }
    }

    protected override async ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct)
    {
        await WatchAsync(_uploadId is null ? PutWholeAsync(ct) : CompletePartsAsync(ct)).ConfigureAwait(false);
        Release();
        return new ObjectInfo(Key, size, DateTimeOffset.UtcNow);
    }

    protected override async ValueTask AbortAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        Task discarding = DiscardAsync();

        // Who cancelled does not wait for a store that may have stopped answering.
        if (!_wasCancelled)
        {
            await discarding.ConfigureAwait(false);
        }
    }

    private async Task WatchAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _wasCancelled = true;
            throw;
        }
    }

    private async Task PutWholeAsync(CancellationToken ct)
    {
        if (await creation.PutAsync(Key, _buffer.AsMemory(0, _filled), ct).ConfigureAwait(false) == PutResult.AlreadyExists)
        {
            throw new ObjectExistsException(Key);
        }
    }

    private async Task SendPartAsync(CancellationToken ct)
    {
        if (_uploadId is null)
        {
            await creation.CheckAsync(Key, ct).ConfigureAwait(false);
            var request = new InitiateMultipartUploadRequest { BucketName = bucket.Name, Key = bucket.Root + Key };
            BucketClient.Mark(request.Metadata, _mark);
            _uploadId = await bucket.CallAsync(
                Key, "write", async client => (await client.InitiateMultipartUploadAsync(request, ct).ConfigureAwait(false)).UploadId, ct).ConfigureAwait(false);
        }
        while (_underWay.Count >= PartsUnderWay)
        {
            _parts.Add(await _underWay.Peek().WaitAsync(ct).ConfigureAwait(false));
            _ = _underWay.Dequeue();
        }
        byte[] buffer = _buffer!;
        int length = _filled;
        _buffer = null;
        _filled = 0;
        _underWay.Enqueue(UploadPartAsync(buffer, length, _parts.Count + _underWay.Count + 1));
    }

    private async Task<PartETag> UploadPartAsync(byte[] buffer, int length, int number)
    {
        try
        {
            return await bucket.CallAsync(
                Key,
                "write",
                async client =>
                {
                    UploadPartResponse response = await client.UploadPartAsync(
                        new UploadPartRequest
                        {
                            BucketName = bucket.Name,
                            Key = bucket.Root + Key,
                            UploadId = _uploadId,
                            PartNumber = number,
                            PartSize = length,
                            InputStream = new ReadOnlyMemoryStream(buffer.AsMemory(0, length)),
                            UseChunkEncoding = false,
                            DisablePayloadSigning = !bucket.SignsPayload,
                        },
                        _ended.Token).ConfigureAwait(false);
                    return new PartETag(number, response.ETag);
                },
                _ended.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task CompletePartsAsync(CancellationToken ct)
    {
        await SendPartAsync(ct).ConfigureAwait(false);
        while (_underWay.TryPeek(out Task<PartETag>? part))
        {
            _parts.Add(await part.WaitAsync(ct).ConfigureAwait(false));
            _ = _underWay.Dequeue();
        }

        // Older gateways complete an upload whatever the condition says. Keys of streamed puts are unique, so looking first is enough there.
        if (await bucket.FindAsync(Key, ct).ConfigureAwait(false) is not null)
        {
            throw new ObjectExistsException(Key);
        }
        if (!await TryCompleteAsync(conditional: true, ct).ConfigureAwait(false) && !await TryCompleteAsync(conditional: false, ct).ConfigureAwait(false))
        {
            throw new ObjectStoreException(Key, $"cannot write object '{Key}': the store completes no upload in parts");
        }
        _uploadId = null;
    }

    /// <summary>False when the store does not know the condition.</summary>
    private ValueTask<bool> TryCompleteAsync(bool conditional, CancellationToken ct) =>
        bucket.CallAsync(
            Key,
            "write",
            async client =>
            {
                try
                {
                    await client.CompleteMultipartUploadAsync(
                        new CompleteMultipartUploadRequest
                        {
                            BucketName = bucket.Name,
                            Key = bucket.Root + Key,
                            UploadId = _uploadId,
                            PartETags = _parts,
                            IfNoneMatch = conditional ? "*" : null,
                        },
                        ct).ConfigureAwait(false);
                    return true;
                }
                catch (AmazonS3Exception e) when (conditional && e.StatusCode == HttpStatusCode.NotImplemented)
                {
                    return false;
                }
                catch (AmazonS3Exception e) when (S3Creation.IsTaken(e) || e.ErrorCode == "NoSuchUpload")
                {
                    // When the answer to an earlier attempt was lost, the upload is complete already.
                    return await bucket.FindAsync(Key, ct).ConfigureAwait(false) is { } found
                        ? found.Mark == _mark ? true : throw new ObjectExistsException(Key, e)
                        : throw BucketClient.Failed(Key, "write", e);
                }
            },
            ct);

    private async Task DiscardAsync()
    {
        // Their outcome no longer matters, but their buffers are in use until they end.
        await ((Task)Task.WhenAll(_underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Release();
        if (_uploadId is null)
        {
            return;
        }
        using var limit = new CancellationTokenSource(s_abortLimit);
        try
        {
            await bucket.Client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = bucket.Root + Key, UploadId = _uploadId }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (BucketClient.IsFailure(e))
        {
            // The object never appears; parts that stay are in no listing, and a bucket's lifecycle rule for incomplete uploads removes them.
        }
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
        _ended.Dispose();
    }
}
