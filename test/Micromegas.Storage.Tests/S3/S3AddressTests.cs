namespace Micromegas.Storage.Tests.S3;

public sealed class S3AddressTests
{
    [Fact]
    public void An_address_names_bucket_prefix_and_options()
    {
        S3ObjectStoreOptions options = Parse(
            "s3://lakes/some/prefix/?region=eu-west-3&endpoint=http%3A%2F%2Flocalhost%3A9000&access_key_id=id&secret_access_key=a%2Fb+c&session_token=t&virtual_hosted_style_request=true");
        Assert.Equal(("lakes", "some/prefix", "eu-west-3", new Uri("http://localhost:9000")), (options.Bucket, options.Prefix, options.Region, options.Endpoint));
        Assert.Equal(("id", "a/b+c", "t", true, false), (options.AccessKeyId, options.SecretAccessKey, options.SessionToken, options.VirtualHostedStyle, options.Anonymous));
        Assert.Equal("s3://lakes/some/prefix", options.ToString());
    }

    [Fact]
    public void The_environment_gives_what_the_query_does_not()
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "id", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["AWS_SESSION_TOKEN"] = "token",
            ["AWS_ENDPOINT"] = "http://store:9000", ["AWS_ALLOW_HTTP"] = "true", ["AWS_SKIP_SIGNATURE"] = "", ["PATH"] = "/bin",
        };
        S3ObjectStoreOptions options = Parse("s3a://lakes?region=x", environment);
        Assert.Equal(("lakes", "", "x", "id", "token"), (options.Bucket, options.Prefix, options.Region, options.AccessKeyId, options.SessionToken));
        Assert.Equal(new Uri("http://store:9000"), options.Endpoint);

        // The environment's token is not for a key of the query.
        Assert.Null(Parse("s3://lakes?access_key_id=other&secret_access_key=s", environment).SessionToken);
        Assert.Null(Parse("s3://lakes").AccessKeyId);
    }

    [Theory]
    [InlineData("https://s3.eu-west-3.amazonaws.com/lakes/p", "lakes", "p", "eu-west-3", null)]
    [InlineData("https://lakes.s3.eu-west-3.amazonaws.com/p/q", "lakes", "p/q", "eu-west-3", null)]
    [InlineData("https://account.r2.cloudflarestorage.com/lakes/p", "lakes", "p", "auto", "https://account.r2.cloudflarestorage.com/")]
    public void Hosts_of_known_services_are_addresses(string text, string bucket, string prefix, string region, string? endpoint)
    {
        Assert.True(S3ObjectStoreOptions.IsAddress(text));
        S3ObjectStoreOptions options = Parse(text);
        Assert.Equal((bucket, prefix, region, endpoint), (options.Bucket, options.Prefix, options.Region, options.Endpoint?.ToString()));
    }

    [Theory]
    [InlineData("s3://", "names no bucket")]
    [InlineData("s3:///prefix", "names no bucket")]
    [InlineData("s3://me:hidden@lakes/p", "names no bucket")]
    [InlineData("gs://lakes", "begins with s3")]
    [InlineData("https://example.org/lakes", "begins with s3")]
    [InlineData("s3://lakes/a//b", "empty segment")]
    [InlineData("s3://lakes?colour=hidden", "'colour' is no option")]
    [InlineData("s3://lakes?region", "no value")]
    [InlineData("s3://lakes?region=a&aws_region=b", "two values")]
    [InlineData("s3://lakes?endpoint=hidden", "'endpoint'")]
    [InlineData("s3://lakes?endpoint=http://u:hidden@host", "'endpoint'")]
    [InlineData("s3://lakes?endpoint=http://host&allow_http=no", "allow_http is false")]
    [InlineData("s3://lakes?access_key_id=hidden", "together")]
    [InlineData("s3://lakes?skip_signature=hidden", "'skip_signature'")]
    [InlineData("s3://lakes?conditional_put=disabled", "conditional")]
    public void What_is_wrong_is_said_without_its_value(string text, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => Parse(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    private static S3ObjectStoreOptions Parse(string text, Dictionary<string, string>? environment = null) =>
        S3ObjectStoreOptions.Parse(text, name => environment?.GetValueOrDefault(name));
}
