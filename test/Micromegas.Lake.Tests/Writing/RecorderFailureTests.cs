using System.Globalization;
using Micromegas.Lake.Writing;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Writing;

/// <summary>A store or catalogue that fails must neither lose nor double events.</summary>
public sealed class RecorderFailureTests
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.Parse("2026-03-04T05:06:07Z", CultureInfo.InvariantCulture);
    private static readonly ProcessRecorderOptions s_manual = new() { FlushPeriod = Timeout.InfiniteTimeSpan };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_flush_keeps_the_events_for_the_next(bool putHappened)
    {
        var store = new UnreliableStore { FailBeforePut = !putHappened, FailAfterPut = putHappened };
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System, store);
        await using var recorder = new ProcessRecorder(lake, s_manual);
        recorder.Log(4, "t", "one", null);
        recorder.Measure("t", "n", "", 1.0, null);
        await Assert.ThrowsAsync<ObjectStoreException>(() => recorder.FlushAsync(default));
        recorder.Log(4, "t", "two", null);
        await Assert.ThrowsAsync<ObjectStoreException>(() => recorder.FlushAsync(default));
        Assert.Empty(await RecordedRows.BlocksAsync(lake));
        store.FailBeforePut = store.FailAfterPut = false;
        recorder.Log(4, "t", "three", null);
        await recorder.FlushAsync(default);
        Assert.Equal(["one", "two", "three"], (await RecordedRows.LinesAsync(lake)).OrderBy(l => l.Time).Select(l => l.Message));
        Assert.Single(await RecordedRows.MeasuresAsync(lake));
    }

    [Fact]
    public async Task Disposal_tells_of_a_failure_and_can_be_repeated()
    {
        var store = new UnreliableStore { FailBeforePut = true };
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System, store);
        var recorder = new ProcessRecorder(lake, s_manual);
        recorder.Log(4, "t", "one", null);
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await recorder.DisposeAsync());
        Assert.Throws<ObjectDisposedException>(() => recorder.Log(4, "t", "m", null));
        store.FailBeforePut = false;
        await recorder.DisposeAsync();
        Assert.Equal("one", Assert.Single(await RecordedRows.LinesAsync(lake)).Message);
    }

    [Fact]
    public async Task The_background_tries_again_by_itself()
    {
        var clock = new ManualClock(s_start);
        var store = new UnreliableStore { FailBeforePut = true };
        await using LakeHost lake = await RecordedRows.OpenAsync(clock, store);
        await using var recorder = new ProcessRecorder(lake, s_manual with { BlockEvents = 1 });
        recorder.Log(4, "t", "one", null);
        await ProcessRecorderTests.EventuallyAsync(() => Task.FromResult(store.Puts == 1));
        store.FailBeforePut = false;
        await ProcessRecorderTests.EventuallyAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await RecordedRows.BlocksAsync(lake)).Count == 1;
        });
    }

    [Fact]
    public async Task A_full_buffer_refuses_events_only_while_the_store_fails()
    {
        var store = new UnreliableStore { FailBeforePut = true };
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System, store);
        await using var recorder = new ProcessRecorder(lake, s_manual with { BlockBytes = 1_000, BufferLimit = 20_000 });
        int taken = 0;
        LakeException? full = null;
        for (int i = 0; i < 10_000 && full is null; i++)
        {
            try
            {
                recorder.Log(4, "t", $"{i} {Guid.NewGuid()}{Guid.NewGuid()}", null);
                taken++;
            }
            catch (LakeException e)
            {
                full = e;
            }
        }
        Assert.Equal("58030", full!.SqlState);
        Assert.IsType<ObjectStoreException>(full.InnerException);
        Assert.InRange(taken, 100, 1_000);
        store.FailBeforePut = false;
        await recorder.FlushAsync(default);
        recorder.Log(4, "t", $"{taken} again", null);
        await recorder.FlushAsync(default);
        Assert.Equal(
            Enumerable.Range(0, taken + 1),
            (await RecordedRows.LinesAsync(lake)).Select(l => int.Parse(l.Message.AsSpan(0, l.Message.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task A_cancelled_flush_keeps_the_events()
    {
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System);
        await using var recorder = new ProcessRecorder(lake, s_manual);
        recorder.Log(4, "t", "one", null);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recorder.FlushAsync(new CancellationToken(true)));
        await recorder.FlushAsync(default);
        Assert.Single(await RecordedRows.LinesAsync(lake));
    }

    [Fact]
    public async Task A_lake_that_was_closed_or_is_read_only_is_said_so()
    {
        using var scratch = new ScratchFolder();
        LakeHost lake = await LakeHost.OpenAsync(scratch["lake"], LakeMode.ReadWriteCreate, null, default);
        var recorder = new ProcessRecorder(lake, s_manual);
        recorder.Log(4, "t", "one", null);
        await lake.DisposeAsync();
        var closed = await Assert.ThrowsAsync<LakeException>(() => recorder.FlushAsync(default));
        Assert.Equal("08006", closed.SqlState);
        await using LakeHost readOnly = await LakeHost.OpenAsync(scratch["lake"], LakeMode.ReadOnly, null, default);
        Assert.Equal("25006", Assert.Throws<LakeException>(() => new ProcessRecorder(readOnly, s_manual)).SqlState);
    }
}
