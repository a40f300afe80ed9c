using Amazon.S3;
using Amazon.S3.Model;
using Micromegas.Testing;

namespace Micromegas.Storage.Tests.S3;

[Collection("object gateway")]
public sealed class S3ObjectStoreTests : ObjectStoreRules, IDisposable
{
    private readonly GatewayBucket _bucket;
    private readonly string _prefix = "store/" + Guid.NewGuid().ToString("N");
    private readonly S3ObjectStore _store;

    public S3ObjectStoreTests(GatewayBucket bucket)
    {
        _bucket = bucket;
        _store = new S3ObjectStore(bucket.Options(_prefix));
    }

    protected override IObjectStore Store => _store;

    // A request takes milliseconds here.
    protected override int ChurnRounds => 25;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_large_streamed_object_comes_in_parts_and_is_read_in_pieces()
    {
        byte[] content = Bytes(21_000_000, 9);
        await using ObjectUpload upload = await Store.BeginPutAsync("views/large", default);
        for (int offset = 0; offset < content.Length; offset += 3_000_000)
        {
            await upload.WriteAsync(content.AsMemory(offset, Math.Min(3_000_000, content.Length - offset)), default);
        }
        Assert.Equal(1, await UnfinishedAsync());
        Assert.Null(await Store.HeadAsync("views/large", default));
        Assert.Equal(content.Length, (await upload.CompleteAsync(default)).Size);
        Assert.Equal(0, await UnfinishedAsync());
        Assert.Equal(content, await Store.ReadAllAsync("views/large", default));
    }

    [Fact]
    public async Task A_disposed_upload_leaves_no_parts()
    {
        ObjectUpload upload = await Store.BeginPutAsync("views/large", default);
        await upload.WriteAsync(Bytes(9_000_000, 1), default);
        Assert.Equal(1, await UnfinishedAsync());
        await upload.DisposeAsync();
        Assert.Equal(0, await UnfinishedAsync());
        Assert.Null(await Store.HeadAsync("views/large", default));
    }

    [Fact]
    public async Task A_large_streamed_object_does_not_replace_another()
    {
        await using (ObjectUpload upload = await Store.BeginPutAsync("k", default))
        {
            await upload.WriteAsync(Bytes(9_000_000, 2), default);
            await Store.PutAsync("k", Bytes(10, 1), PutMode.CreateOnly, default);
            await Assert.ThrowsAsync<ObjectExistsException>(async () => await upload.CompleteAsync(default));
        }
        Assert.Equal(Bytes(10, 1), await Store.ReadAllAsync("k", default));
        Assert.Equal(0, await UnfinishedAsync());
    }

    [Fact]
    public async Task Listing_and_deleting_go_beyond_one_page()
    {
        string[] keys = Enumerable.Range(0, 1_205).Select(i => $"many/{i:D5}").ToArray();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, ct) => await Store.PutAsync(key, Bytes(1, 1), PutMode.Overwrite, ct));
        Assert.Equal(keys, await KeysAsync("many/"));
        await Store.DeleteAsync([.. keys, "many/none"], default);
        Assert.Empty(await KeysAsync(""));
    }

    [Fact]
    public async Task Stores_with_other_prefixes_do_not_see_each_other()
    {
        await Store.PutAsync("k", Bytes(1, 1), PutMode.CreateOnly, default);
        using var neighbour = new S3ObjectStore(_bucket.Options(_prefix + "-b"));
        Assert.Null(await neighbour.HeadAsync("k", default));
        using var root = new S3ObjectStore(_bucket.Options(""));
        Assert.NotNull(await root.HeadAsync(_prefix + "/k", default));
    }

    [Fact]
    public async Task What_the_gateway_refuses_is_a_typed_error_without_secrets()
    {
        using var stranger = new S3ObjectStore(new S3ObjectStoreOptions
        {
            Bucket = GatewayBucket.Name, Endpoint = _bucket.Gateway.Endpoint, AccessKeyId = ObjectGateway.AccessKey, SecretAccessKey = "hidden",
        });
        using var lost = new S3ObjectStore(new S3ObjectStoreOptions
        {
            Bucket = "no-such-bucket", Endpoint = _bucket.Gateway.Endpoint, AccessKeyId = ObjectGateway.AccessKey, SecretAccessKey = ObjectGateway.SecretKey,
        });
        foreach (S3ObjectStore store in (S3ObjectStore[])[stranger, lost])
        {
            foreach (Func<Task> call in Calls(store))
            {
                var error = await Assert.ThrowsAsync<ObjectStoreException>(call);
                Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain(ObjectGateway.SecretKey, error.ToString(), StringComparison.Ordinal);
            }
        }
        var missing = await Assert.ThrowsAsync<ObjectStoreException>(async () => await lost.PutAsync("k", Bytes(1, 1), PutMode.Overwrite, default));
        Assert.Contains("bucket 'no-such-bucket' does not exist", missing.Message, StringComparison.Ordinal);

        static Func<Task>[] Calls(S3ObjectStore store) =>
        [
            async () => await store.PutAsync("k", Bytes(1, 1), PutMode.CreateOnly, default),
            async () => await store.ReadAsync("k", [new ByteRange(0, 1)], [new byte[1]], default),
            async () => await store.DeleteAsync(["k"], default),
            async () => await store.ListAsync("", default).GetAsyncEnumerator().MoveNextAsync(),
        ];
    }

    [Fact]
    public async Task An_absent_service_is_a_typed_error()
    {
        using var store = new S3ObjectStore(_bucket.Options(_prefix, new Uri("http://127.0.0.1:1"), TimeSpan.FromSeconds(5)));
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.HeadAsync("k", default));
    }

    private async Task<string[]> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (ObjectInfo info in Store.ListAsync(prefix, default))
        {
            keys.Add(info.Key);
        }
        return [.. keys];
    }

    private async Task<int> UnfinishedAsync()
    {
        using AmazonS3Client client = _bucket.CreateClient();
        ListMultipartUploadsResponse response = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = GatewayBucket.Name, Prefix = _prefix });
        return response.MultipartUploads?.Count ?? 0;
    }
}
