using Micromegas.Testing;

namespace Micromegas.Storage.Tests.S3;

/// <summary>Gateways that stop answering, break off, or lose answers.</summary>
[Collection("object gateway")]
public sealed class FaultyGatewayTests : IAsyncLifetime, IDisposable
{
    // Far below the time-outs of requests, far above what a busy machine takes.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);

    private readonly FaultyConnection _way;
    private readonly S3ObjectStore _store;
    private readonly S3ObjectStore _impatient;

    public FaultyGatewayTests(GatewayBucket bucket)
    {
        _way = new FaultyConnection("127.0.0.1", bucket.Gateway.Endpoint.Port);
        string prefix = "faulty/" + Guid.NewGuid().ToString("N");
        var endpoint = new Uri($"http://127.0.0.1:{_way.Port}");
        _store = new S3ObjectStore(bucket.Options(prefix, endpoint, TimeSpan.FromMinutes(5)));
        _impatient = new S3ObjectStore(bucket.Options(prefix, endpoint, TimeSpan.FromMilliseconds(500)));
    }

    public async Task InitializeAsync() => await _store.PutAsync("o", new byte[3_000_000], PutMode.CreateOnly, default);

    public async Task DisposeAsync() => await _way.DisposeAsync();

    public void Dispose()
    {
        _store.Dispose();
        _impatient.Dispose();
    }

    [Theory]
    [InlineData(StoreCall.Head)]
    [InlineData(StoreCall.Read)]
    [InlineData(StoreCall.Put)]
    [InlineData(StoreCall.Complete)]
    [InlineData(StoreCall.List)]
    [InlineData(StoreCall.Delete)]
    public async Task A_call_to_a_store_that_stopped_answering_ends_with_its_token(StoreCall call)
    {
        ObjectUpload upload = await _store.BeginPutAsync("large", default);
        if (call == StoreCall.Complete)
        {
            await upload.WriteAsync(new byte[9_000_000], default);
        }
        _way.Stall();
        using var cancel = new CancellationTokenSource();
        Task waiting = CallAsync(_store, call, upload, cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_soon));

        // Nor does the end of the upload wait.
        await upload.DisposeAsync().AsTask().WaitAsync(s_soon);
    }

    [Fact]
    public async Task A_store_that_stopped_in_the_middle_of_an_answer_ends_with_the_token()
    {
        using var cancel = new CancellationTokenSource();
        byte[] content = new byte[3_000_000];
        _way.BreakAfter(1_000_000);
        Task waiting = _store.ReadAsync("o", [new ByteRange(0, content.Length)], [content], cancel.Token).AsTask();
        _way.Stall();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_soon));
    }

    [Fact]
    public async Task A_store_that_stopped_answering_is_given_up()
    {
        _way.Stall();
        var error = await Assert.ThrowsAsync<ObjectStoreException>(() => CallAsync(_impatient, StoreCall.Head, null, default));
        Assert.Equal("o", error.Key);
    }

    [Fact]
    public async Task Reading_goes_on_where_an_answer_broke_off()
    {
        byte[] content = new byte[3_000_000];
        new Random(5).NextBytes(content);
        await _store.PutAsync("random", content, PutMode.CreateOnly, default);
        byte[] read = new byte[content.Length];
        _way.BreakAfter(1_000_000);
        await _store.ReadAsync("random", [new ByteRange(0, content.Length)], [read], default);
        Assert.Equal(content, read);
        _way.BreakAfter(1_000_000);
        Assert.Equal(content, await _store.ReadAllAsync("random", default));
    }

    [Fact]
    public async Task A_creation_whose_answer_was_lost_was_a_creation()
    {
        _way.BreakAfter(1);
        Assert.Equal(PutResult.Stored, await _store.PutAsync("once", new byte[10], PutMode.CreateOnly, default));
        Assert.Equal(PutResult.AlreadyExists, await _store.PutAsync("once", new byte[10], PutMode.CreateOnly, default));
    }

    private static async Task CallAsync(S3ObjectStore store, StoreCall call, ObjectUpload? upload, CancellationToken ct)
    {
        switch (call)
        {
            case StoreCall.Head:
                await store.HeadAsync("o", ct);
                break;
            case StoreCall.Read:
                await store.ReadAsync("o", [new ByteRange(0, 100), new ByteRange(2_000_000, 100)], [new byte[100], new byte[100]], ct);
                break;
            case StoreCall.Put:
                await store.PutAsync("p", new byte[100], PutMode.CreateOnly, ct);
                break;
            case StoreCall.Complete:
                await upload!.CompleteAsync(ct);
                break;
            case StoreCall.List:
                await foreach (ObjectInfo _ in store.ListAsync("", ct))
                {
                }
                break;
            default:
                await store.DeleteAsync(["o"], ct);
                break;
        }
    }
}
