using Micromegas.Storage.S3;

namespace Micromegas.Storage;

/// <summary>Where an <see cref="S3ObjectStore"/> keeps its objects, and as whom it comes there. Its text never shows credentials.</summary>
public sealed class S3ObjectStoreOptions
{
    /// <summary>The bucket; it must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>What stands before every key, without slashes at its ends; empty for the bucket's root.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The region's name; null means <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>The service's address where it is not Amazon's: <c>http</c> or <c>https</c>, host and port.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Whether requests name the bucket in the host (Amazon's form) or in the path; null means in the path wherever <see cref="Endpoint"/> is set.</summary>
    public bool? VirtualHostedStyle { get; init; }

    /// <summary>Whether requests are sent unsigned, to public buckets.</summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// The key's id. When it is null, credentials come from where Amazon's tools find them: environment, profile, web identity, container or instance.
    /// </summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The key's secret half.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>The token of temporary credentials.</summary>
    public string? SessionToken { get; init; }

    /// <summary>
    /// How long a request may take until its answer begins, and how long an answer may pause. Requests are tried again a few times, so a dead service is given up
    /// after several times as long. Cancellation does not wait for it.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the text is the address of a bucket: <c>s3://</c>, <c>s3a://</c>, or <c>https://</c> and a host of Amazon's S3 or Cloudflare's R2.</summary>
    public static bool IsAddress(string text) => S3Address.TryParse(text, out _);

    /// <summary>
    /// Reads an address: <c>s3://bucket/prefix?region=…&amp;endpoint=…&amp;access_key_id=…&amp;secret_access_key=…&amp;session_token=…&amp;virtual_hosted_style_request=…&amp;skip_signature=…&amp;allow_http=…</c>.
    /// What the query does not say is taken from the environment variables of upstream's services: the same names in capitals with <c>AWS_</c> before them.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="environment">The environment; null for that of the process.</param>
    /// <exception cref="ArgumentException">It is none, an option is unknown, or a value has a wrong form. Messages do not repeat values.</exception>
    public static S3ObjectStoreOptions Parse(string address, Func<string, string?>? environment = null) =>
        S3Address.ToOptions(address, environment ?? Environment.GetEnvironmentVariable);

    /// <summary>The address without options.</summary>
    public override string ToString() => Prefix.Length == 0 ? $"s3://{Bucket}" : $"s3://{Bucket}/{Prefix}";
}
