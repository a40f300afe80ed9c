using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Micromegas.Storage.S3;

/// <summary>Reads an object of unknown size: the first request brings its beginning, for most objects all of it, and its size; what is missing comes as ranges.</summary>
internal sealed class S3WholeRead(BucketClient bucket, string key, int maximumSize)
{
    private const int FirstRange = 8 << 20;

    public async ValueTask<byte[]> RunAsync(CancellationToken ct)
    {
        (byte[] content, int received) = await bucket.CallAsync(key, "read", client => BeginAsync(client, ct), ct).ConfigureAwait(false);
        if (received < content.Length)
        {
            Memory<byte> rest = content.AsMemory(received);
            await new S3RangeRead(bucket, key, [new ByteRange(received, rest.Length)], [rest]).RunAsync(ct).ConfigureAwait(false);
        }
        return content;
    }

    private async Task<(byte[] Content, int Received)> BeginAsync(AmazonS3Client client, CancellationToken ct)
    {
        using GetObjectResponse? response = await TryGetAsync(client, ct).ConfigureAwait(false);
        if (response is null)
        {
            // No range lies within an empty object.
            return ([], 0);
        }
        long size = S3RangeRead.SizeOf(response);
        if (size > maximumSize)
        {
            throw Throw.TooLarge(key, size, maximumSize);
        }
        byte[] content = GC.AllocateUninitializedArray<byte>((int)size);
        int received = 0;
        int expected = (int)Math.Min(size, response.ContentLength);
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            while (received < expected)
            {
                stalled.CancelAfter(bucket.RequestTimeout);
                int count = await response.ResponseStream.ReadAsync(content.AsMemory(received, expected - received), stalled.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }
                received += count;
            }
        }
        catch (Exception e) when (BucketClient.IsFailure(e) && !ct.IsCancellationRequested)
        {
            // The answer broke off: the ranges go on where it ended.
        }
        return (content, received);
    }

    private async Task<GetObjectResponse?> TryGetAsync(AmazonS3Client client, CancellationToken ct)
    {
        var request = new GetObjectRequest { BucketName = bucket.Name, Key = bucket.Root + key, ByteRange = new Amazon.S3.Model.ByteRange(0, FirstRange - 1) };
        try
        {
            return await client.GetObjectAsync(request, ct).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return null;
        }
    }
}
