using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Storage.S3;

/// <summary>The parts of an address (spec/data-lake.md §2.1).</summary>
internal sealed record S3Address(string Bucket, string Prefix, Uri? Endpoint, string? Region, string Query)
{
    private static readonly SearchValues<char> s_notInBuckets = SearchValues.Create(" \\@:#%");

    // Values of the query and of the environment mean the same; these are the names that upstream's library knows.
    private static readonly string[][] s_options =
    [
        ["region", "default_region"], ["endpoint", "endpoint_url", "endpoint_url_s3"], ["access_key_id"], ["secret_access_key"], ["session_token", "token"],
        ["virtual_hosted_style_request"], ["skip_signature"], ["allow_http"], ["conditional_put"],
    ];

    public static bool TryParse(string text, [NotNullWhen(true)] out S3Address? address)
    {
        address = null;
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string options = query < 0 ? "" : text[(query + 1)..];
        string place = query < 0 ? text : text[..query];
        int schemeEnd = place.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            return false;
        }
        string scheme = place[..schemeEnd].ToUpperInvariant();
        string rest = place[(schemeEnd + 3)..];
        int hostEnd = rest.IndexOf('/', StringComparison.Ordinal);
        string host = hostEnd < 0 ? rest : rest[..hostEnd];
        string path = hostEnd < 0 ? "" : rest[hostEnd..].Trim('/');
        address = scheme switch
        {
            "S3" or "S3A" => new S3Address(host, path, null, null, options),
            "HTTPS" => OfHost(host, path, options),
            _ => null,
        };
        return address is not null;
    }

    public static S3ObjectStoreOptions ToOptions(string text, Func<string, string?> environment)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        if (!TryParse(text, out S3Address? address))
        {
            throw new ArgumentException("the address of an object store begins with s3://bucket");
        }
        if (address.Bucket.Length == 0 || address.Bucket.AsSpan().ContainsAny(s_notInBuckets))
        {
            throw new ArgumentException("the address of an object store names no bucket: it begins with s3://bucket");
        }
        if (address.Prefix.Length > 0)
        {
            ObjectKey.Validate(address.Prefix);
        }
        Dictionary<string, string> given = ParseQuery(address.Query);
        if (Find("conditional_put") is "disabled")
        {
            throw new ArgumentException("conditional_put=disabled: a lake's objects are written with conditional puts, so that none is ever overwritten");
        }
        Uri? endpoint = address.Endpoint;
        if (Find("endpoint") is { } endpointText
            && (!Uri.TryCreate(endpointText, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length > 0))
        {
            throw new ArgumentException("the option 'endpoint' is not an http or https address");
        }
        if (endpoint is { Scheme: "http" } && Find("allow_http") is { } allow && !Flag("allow_http", allow))
        {
            throw new ArgumentException("the option 'endpoint' is an http address, and allow_http is false");
        }
        string? id = Find("access_key_id");
        string? secret = Find("secret_access_key");
        if (id is null != secret is null)
        {
            throw new ArgumentException("the options 'access_key_id' and 'secret_access_key' must be given together");
        }
        return new S3ObjectStoreOptions
        {
            Bucket = address.Bucket,
            Prefix = address.Prefix,
            Region = Find("region") ?? address.Region,
            Endpoint = endpoint,
            AccessKeyId = id,
            SecretAccessKey = secret,
            SessionToken = Find("session_token"),
            Anonymous = Find("skip_signature") is { } skip && Flag("skip_signature", skip),
            VirtualHostedStyle = Find("virtual_hosted_style_request") is { } style ? Flag("virtual_hosted_style_request", style) : null,
        };

        string? Find(string name)
        {
            if (given.TryGetValue(name, out string? value))
            {
                return value;
            }

            // A session token belongs to the key that came with it.
            if (name == "session_token" && given.ContainsKey("access_key_id"))
            {
                return null;
            }
            return s_options.First(o => o[0] == name).Select(n => environment("AWS_" + n.ToUpperInvariant())).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        }
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            string bare = name.StartsWith("aws_", StringComparison.Ordinal) ? name[4..] : name;
            string[] option = Array.Find(s_options, o => o.Contains(bare))
                ?? throw new ArgumentException($"'{name}' is no option of an object store's address; there are: {string.Join(", ", s_options.Select(o => o[0]))}");
            if (equals < 0 || !given.TryAdd(option[0], Uri.UnescapeDataString(part[(equals + 1)..])))
            {
                throw new ArgumentException($"the option '{name}' of an object store's address has {(equals < 0 ? "no value" : "two values")}");
            }
        }
        return given;
    }

    private static bool Flag(string name, string value) => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => true,
        "FALSE" or "0" or "NO" or "OFF" => false,
        _ => throw new ArgumentException($"the option '{name}' of an object store's address is neither true nor false"),
    };

    /// <summary>Amazon's hosts have the bucket before them or first in the path; Cloudflare's have it in the path.</summary>
    private static S3Address? OfHost(string host, string path, string options)
    {
        string[] labels = host.ToLowerInvariant().Split('.');
        if (labels is [.., "r2", "cloudflarestorage", "com"])
        {
            (string bucket, string prefix) = SplitFirst(path);
            return new S3Address(bucket, prefix, new Uri("https://" + host), "auto", options);
        }
        return labels switch
        {
            ["s3", var region, "amazonaws", "com"] when SplitFirst(path) is var (bucket, prefix) => new S3Address(bucket, prefix, null, region, options),
            [var bucket, "s3", var region, "amazonaws", "com"] => new S3Address(bucket, path, null, region, options),
            _ => null,
        };

        static (string Bucket, string Prefix) SplitFirst(string path)
        {
            int end = path.IndexOf('/', StringComparison.Ordinal);
            return end < 0 ? (path, "") : (path[..end], path[(end + 1)..]);
        }
    }
}
