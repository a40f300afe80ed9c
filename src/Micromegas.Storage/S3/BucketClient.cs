using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Micromegas.Storage.S3;

/// <summary>
/// The client of one bucket: names, credentials, and errors in this room's words. The client tries failed requests again by itself (throttling, connections,
/// errors 5xx), waiting longer each time.
/// </summary>
internal sealed class BucketClient : IDisposable
{
    private const string MarkName = "mmd-put";
    private const int Retries = 3;

    public BucketClient(S3ObjectStoreOptions options)
    {
        Name = options.Bucket;
        RequestTimeout = options.RequestTimeout;
        Root = options.Prefix.Length == 0 ? "" : options.Prefix + "/";

        // Gateways of other makers refuse, or do not know, the checksums that Amazon's own takes.
        var config = new AmazonS3Config
        {
            ForcePathStyle = !(options.VirtualHostedStyle ?? options.Endpoint is null),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Retries,
            Timeout = options.RequestTimeout,
        };
        string region = options.Region ?? RegionEndpoint.USEast1.SystemName;
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        SignsPayload = options.Endpoint is { Scheme: "http" };
        AWSCredentials? credentials = options.Anonymous ? new AnonymousAWSCredentials()
            : options.AccessKeyId is null ? null
            : string.IsNullOrEmpty(options.SessionToken) ? new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey)
            : new SessionAWSCredentials(options.AccessKeyId, options.SecretAccessKey, options.SessionToken);
        Client = credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    public AmazonS3Client Client { get; }

    public string Name { get; }

    /// <summary>What stands before every key: empty, or with a slash at its end.</summary>
    public string Root { get; }

    public TimeSpan RequestTimeout { get; }

    // Where the connection protects the bytes they are not hashed once more.
    public bool SignsPayload { get; }

    /// <summary>Runs one request.</summary>
    /// <exception cref="ObjectStoreException">It failed; <see cref="ObjectNotFoundException"/> when the object is missing.</exception>
    public async ValueTask<T> CallAsync<T>(string key, string what, Func<AmazonS3Client, Task<T>> request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        try
        {
            return await request(Client).ConfigureAwait(false);
        }
        catch (Exception e) when (ct.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException($"the request to {what} object '{key}' was cancelled", e, ct);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket")
        {
            throw new ObjectStoreException(key, $"cannot {what} object '{key}': the bucket '{Name}' does not exist", e);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && what == "read")
        {
            throw new ObjectNotFoundException(key, e);
        }
        catch (Exception e) when (IsFailure(e) && !ct.IsCancellationRequested)
        {
            throw Failed(key, what, e);
        }
    }

    public static ObjectStoreException Failed(string key, string what, Exception e) => e switch
    {
        AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden } => new ObjectStoreException(key, $"cannot {what} object '{key}': access was denied ({e.Message})", e),
        TimeoutException or OperationCanceledException => new ObjectStoreException(key, $"cannot {what} object '{key}': the store did not answer in time", e),
        _ => Throw.Failed(key, what, e),
    };

    /// <summary>What the library throws when the store, the way there or the credentials fail; a time-out of its own may come as a cancellation.</summary>
    public static bool IsFailure(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException or OperationCanceledException or (IOException and not ObjectStoreException);

    /// <summary>An object and the mark that its writer gave it; null when there is none.</summary>
    public ValueTask<(ObjectInfo Info, string? Mark)?> FindAsync(string key, CancellationToken ct) =>
        CallAsync<(ObjectInfo, string?)?>(
            key,
            "look at",
            async client =>
            {
                try
                {
                    GetObjectMetadataResponse found = await client.GetObjectMetadataAsync(
                        new GetObjectMetadataRequest { BucketName = Name, Key = Root + key }, ct).ConfigureAwait(false);
                    return (new ObjectInfo(key, found.ContentLength, Time(found.LastModified)), found.Metadata[MarkName]);
                }
                catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket")
                {
                    return null;
                }
            },
            ct);

    /// <summary>The mark tells a writer whose answer was lost from another writer.</summary>
    public static void Mark(MetadataCollection metadata, string mark) => metadata[MarkName] = mark;

    public PutObjectRequest PutRequest(string key, ReadOnlyMemory<byte> content) => new()
    {
        BucketName = Name,
        Key = Root + key,
        InputStream = new ReadOnlyMemoryStream(content),
        AutoCloseStream = false,
        UseChunkEncoding = false,
        DisablePayloadSigning = !SignsPayload,
    };

    public static DateTimeOffset Time(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    public void Dispose() => Client.Dispose();
}
