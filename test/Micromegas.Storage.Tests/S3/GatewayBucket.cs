using Amazon.Runtime;
using Amazon.S3;
using Micromegas.Testing;

namespace Micromegas.Storage.Tests.S3;

/// <summary>One gateway and one bucket for all tests that need them; each test has a prefix of its own.</summary>
public sealed class GatewayBucket : IDisposable
{
    public const string Name = ObjectGateway.Bucket;

    public ObjectGateway Gateway { get; } = new();

    /// <summary>The gateway by the library itself, for what the store hides.</summary>
    public AmazonS3Client CreateClient() => new(
        new BasicAWSCredentials(ObjectGateway.AccessKey, ObjectGateway.SecretKey),
        new AmazonS3Config { ServiceURL = Gateway.Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = "default" });

    public S3ObjectStoreOptions Options(string prefix, Uri? endpoint = null, TimeSpan? timeout = null) => new()
    {
        Bucket = Name,
        Prefix = prefix,
        Endpoint = endpoint ?? Gateway.Endpoint,
        AccessKeyId = ObjectGateway.AccessKey,
        SecretAccessKey = ObjectGateway.SecretKey,
        RequestTimeout = timeout ?? TimeSpan.FromSeconds(60),
    };

    public void Dispose() => Gateway.Dispose();
}

[CollectionDefinition("object gateway")]
public sealed class GatewayCollection : ICollectionFixture<GatewayBucket>;
