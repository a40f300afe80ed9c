namespace Micromegas.Storage.Tests;

public sealed class FaultyObjectStoreTests
{
    [Fact]
    public async Task The_chosen_call_fails_and_the_others_work()
    {
        var memory = new MemoryObjectStore();
        var store = new FaultyObjectStore(memory) { Decide = FaultyObjectStore.FailAt(2, StoreCall.Put) };
        await store.PutAsync("a", new byte[1], PutMode.CreateOnly, default);
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("b", new byte[1], PutMode.CreateOnly, default));
        Assert.Null(await memory.HeadAsync("b", default));
        Assert.Equal(PutResult.Stored, await store.PutAsync("b", new byte[1], PutMode.CreateOnly, default));
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_effect()
    {
        var memory = new MemoryObjectStore();
        var store = new FaultyObjectStore(memory) { Decide = FaultyObjectStore.FailAt(1, StoreCall.Complete), FailAfter = true };
        await using (ObjectUpload upload = await store.BeginPutAsync("a", default))
        {
            await upload.WriteAsync(new byte[5], default);
            await Assert.ThrowsAsync<ObjectStoreException>(async () => await upload.CompleteAsync(default));
        }
        Assert.NotNull(await memory.HeadAsync("a", default));
    }
}
