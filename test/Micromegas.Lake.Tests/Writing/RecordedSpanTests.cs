using System.Globalization;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Writing;

namespace Micromegas.Lake.Tests.Writing;

/// <summary>Spans and images that a program records, read back as views.</summary>
public sealed class RecordedSpanTests
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.Parse("2026-03-04T05:06:07.1234560Z", CultureInfo.InvariantCulture);
    private const long StartTime = 1_772_600_767_123_456_000;
    private const long Tick = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Spans_of_a_thread_come_back_nested(int eventsOfBlock)
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        await using var recorder = new ProcessRecorder(lake, new ProcessRecorderOptions { FlushPeriod = Timeout.InfiniteTimeSpan, BlockEvents = eventsOfBlock });
        await Task.Run(() => RunThread("worker", () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            ThreadSpanHandle frame = recorder.BeginSpan("app", "frame", "f.cs", 7);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            ThreadSpanHandle update = recorder.BeginSpan("app", "update", "f.cs", 9);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            recorder.BeginSpan("app", "forgotten", "f.cs", 11);
            clock.Advance(TimeSpan.FromMilliseconds(1));

            // Takes the forgotten one along; ending again is harmless.
            update.End();
            update.End();
            clock.Advance(TimeSpan.FromMilliseconds(1));
            frame.End();
            default(ThreadSpanHandle).End();
        }));
        await recorder.FlushAsync(default);

        SourceBlock[] blocks = [.. await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "cpu" }, default)];
        Assert.Equal((6 + eventsOfBlock - 1) / eventsOfBlock, blocks.Length);
        string stream = blocks[0].Stream.StreamId.ToString("D");
        List<object?[]> rows = (await lake.ReadInstanceAsync("thread_spans", stream)).Rows;
        string name = $"worker-{blocks[0].Stream.Properties.Single(p => p.Key == "thread-id").Value}";
        Assert.Equal(
            [
                (-1, 0, 0u, 1, 5, name),
                (0, -1, 1u, 1, 5, "frame"),
                (1, 0, 2u, 2, 4, "update"),
                (2, 1, 3u, 3, 4, "forgotten"),
            ],
            rows.Select(r => ((long)r[0]!, (long)r[1]!, (uint)r[2]!, Ticks(r[4]), Ticks(r[5]), (string)r[7]!)));
        Assert.Equal(("app", "f.cs", 9u), ((string)rows[2][8]!, (string)rows[2][9]!, (uint)rows[2][10]!));
    }

    [Fact]
    public async Task Asynchronous_spans_may_end_on_another_thread_and_after_the_recorder()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        var recorder = new ProcessRecorder(lake, new ProcessRecorderOptions { FlushPeriod = Timeout.InfiniteTimeSpan });
        AsyncSpanHandle request = null!;
        AsyncSpanHandle query = null!;
        RunThread("a", () =>
        {
            request = recorder.BeginAsyncSpan("web", "request", null, "w.cs", 1);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            query = recorder.BeginAsyncSpan("web", "query", request, "w.cs", 2);
            clock.Advance(TimeSpan.FromMilliseconds(1));
        });
        RunThread("b", () =>
        {
            query.End();
            query.End();
        });
        ThreadSpanHandle open = recorder.BeginSpan("app", "open", "f.cs", 1);
        await recorder.DisposeAsync();

        // Nothing to do any more, and no error either.
        request.End();
        open.End();
        Assert.Throws<ObjectDisposedException>(() => recorder.BeginSpan("app", "late", "", 0));
        Assert.Throws<ObjectDisposedException>(() => recorder.BeginAsyncSpan("app", "late", null, "", 0));
        List<object?[]> rows = (await lake.ReadInstanceAsync("async_events", recorder.ProcessId.ToString("D"))).Rows;
        Assert.Equal(
            [("begin", 1, 0, 0u, "request", 0), ("begin", 2, 1, 1u, "query", 1), ("end", 2, 1, 1u, "query", 2)],
            rows.OrderBy(r => r[2]).Select(r => ((string)r[3]!, (long)r[4]!, (long)r[5]!, (uint)r[6]!, (string)r[8]!, Ticks(r[2]))));
        Assert.Equal(2, rows.Select(r => r[0]).Distinct().Count());
    }

    [Fact]
    public async Task Images_come_back_as_they_were()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        await using var recorder = new ProcessRecorder(lake, new ProcessRecorderOptions { FlushPeriod = Timeout.InfiniteTimeSpan });
        clock.Advance(TimeSpan.FromMilliseconds(2));
        recorder.Image("shot", "image/png", [1, 2, 3]);
        await recorder.FlushAsync(default);
        object?[] row = Assert.Single((await lake.ReadInstanceAsync("images", recorder.ProcessId.ToString("D"))).Rows);
        Assert.Equal((2, "shot", "image/png", 3L), (Ticks(row[7]), (string)row[8]!, (string)row[9]!, (long)row[10]!));
        Assert.Equal(new byte[] { 1, 2, 3 }, row[11]);
        Assert.Throws<ArgumentException>(() => recorder.Image("large", "image/png", new byte[(64 << 20) + 1]));
    }

    private static int Ticks(object? time) => (int)(((long)time! - StartTime) / Tick);

    private static void RunThread(string name, Action work)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(work)) { Name = name };
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
