using System.Globalization;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Writing;
using Micromegas.Storage;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Tests.Writing;

public sealed class ProcessRecorderTests
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.Parse("2026-03-04T05:06:07.1234567Z", CultureInfo.InvariantCulture);

    // Catalogues keep microseconds.
    private const long StartTime = 1_772_600_767_123_456_000;

    private static readonly ProcessRecorderOptions s_manual = new() { FlushPeriod = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task What_is_recorded_can_be_asked()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        Guid parent = Guid.NewGuid();
        ProcessRecorderOptions options = s_manual with
        {
            ParentProcessId = parent, Exe = new string('é', 300), Username = "u", RealName = "r", Computer = "c", Distro = "d", CpuBrand = "b",
            Properties = [new("version", "1.2")],
        };
        await using var recorder = new ProcessRecorder(lake, options);
        clock.Advance(TimeSpan.FromMicroseconds(1.5));
        recorder.Log(4, "app", "started ✓", null);
        recorder.Log(3, "app.net", "", [new("zone", "z-1"), new("level", "nonsense"), new("target", "elsewhere")]);
        clock.Advance(TimeSpan.FromHours(30));
        recorder.Measure("app", "frames", "count", ulong.MaxValue, null);
        recorder.Measure("app", "busy", "ticks", 25_000_000UL, [new("cpu", "0")]);
        recorder.Measure("app", "load", "1", double.NegativeInfinity, [new("target", "other"), new("cpu", "1")]);
        Assert.Empty(await RecordedRows.BlocksAsync(lake));
        await recorder.FlushAsync(default);

        Assert.Equal(
            [
                new RecordedLine(StartTime + 1500, "app", 4, "started ✓", "{}"),
                new RecordedLine(StartTime + 1500, "app.net", 3, "", "{\"level\":\"nonsense\",\"target\":\"elsewhere\",\"zone\":\"z-1\"}"),
            ],
            await RecordedRows.LinesAsync(lake));
        long later = StartTime + 1500 + 30 * CatalogTime.NanosecondsPerHour;
        Assert.Equal(
            [
                new RecordedMeasure(later, "app", "frames", "count", ulong.MaxValue, "{}"),
                new RecordedMeasure(later, "app", "busy", "seconds", 2.5, "{\"cpu\":\"0\"}"),
                new RecordedMeasure(later, "other", "load", "1", double.NegativeInfinity, "{\"cpu\":\"1\",\"target\":\"other\"}"),
            ],
            await RecordedRows.MeasuresAsync(lake));

        ProcessRecord process = (await lake.Catalog.FindProcessAsync(recorder.ProcessId, default))!;
        Assert.Equal((new string('é', 255), "u", "r", "c", "d", "b"), (process.Exe, process.Username, process.Realname, process.Computer, process.Distro, process.CpuBrand));
        Assert.Equal((10_000_000, 987_654_321, StartTime, (Guid?)parent), (process.TscFrequency, process.StartTicks, process.StartTime, process.ParentProcessId));
        Assert.Equal([new("version", "1.2")], process.Properties);
    }

    [Fact]
    public async Task Rows_and_objects_have_the_native_form()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        await using var recorder = new ProcessRecorder(lake, s_manual);
        foreach (int lines in (int[])[2, 3])
        {
            clock.Advance(TimeSpan.FromTicks(7));
            for (int i = 0; i < lines; i++)
            {
                recorder.Log(4, "app", "hi", null);
                clock.Advance(TimeSpan.FromTicks(3));
            }
            await recorder.FlushAsync(default);
        }

        IReadOnlyList<SourceBlock> blocks = [.. (await RecordedRows.BlocksAsync(lake)).OrderBy(b => b.Block.ObjectOffset)];
        Assert.Equal([(0, 2), (2, 3)], blocks.Select(b => ((int)b.Block.ObjectOffset, b.Block.ObjectCount)));
        Assert.Equal([(7, 10), (20, 26)], blocks.Select(b => ((int)b.Block.BeginTicks, (int)b.Block.EndTicks)));
        // 700 ns to 1 µs, and 2 µs to 2.6 µs, outwards.
        Assert.Equal(
            [(StartTime, StartTime + 1000), (StartTime + 2000, StartTime + 3000)], blocks.Select(b => (b.Block.BeginTime, b.Block.EndTime)));
        SourceBlock block = blocks[0];
        Assert.Equal(("micromegas-transit", 0), (block.Stream.Format, block.Stream.Properties.Count));
        Assert.Equal(["log"], block.Stream.Tags!);
        Assert.Equal(LogBlockWriter.DependenciesMetadata.ToArray(), block.Stream.DependenciesMetadata);
        Assert.Equal(LogBlockWriter.ObjectsMetadata.ToArray(), block.Stream.ObjectsMetadata);
        Assert.Equal($"blobs/{recorder.ProcessId:D}/{block.Stream.StreamId:D}/{block.Block.BlockId:D}", block.Block.ObjectKey);

        byte[] stored = await lake.Store.ReadAllAsync(block.Block.ObjectKey, default);
        Assert.Equal(block.Block.PayloadSize, stored.Length);
        BlockEnvelope envelope = BlockEnvelope.Read(stored);
        using PooledBuffer dependencies = new();
        using PooledBuffer objects = new();
        Lz4Frame.Decompress(envelope.Dependencies, dependencies);
        Lz4Frame.Decompress(envelope.Objects, objects);
        // StaticStringDependency 1 "app"; LogStringInteropEventV3 at start ticks + 7 and + 10 (spec/data-lake.md §5.2).
        Assert.Equal("011000000001000000000000000203000000617070", Convert.ToHexStringLower(dependencies.WrittenSpan));
        Assert.Equal(
            "0320000000b868de3a00000000040100000000000000030000000200000002020000006869"
            + "0320000000bb68de3a00000000040100000000000000030000000200000002020000006869",
            Convert.ToHexStringLower(objects.WrittenSpan));
    }

    [Fact]
    public async Task Eight_threads_lose_and_double_nothing()
    {
        const int Threads = 8;
        const int Each = 5_000;
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System);
        // Blocks fill by size and by count, and a small buffer makes the writers wait for the store.
        var options = new ProcessRecorderOptions { BlockBytes = 64 << 10, BlockEvents = 700, BufferLimit = 128 << 10, FlushPeriod = TimeSpan.FromMilliseconds(2) };
        var recorder = new ProcessRecorder(lake, options);
        Task[] writers = [.. Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                recorder.Log(4, "t" + thread, $"line {i}", i % 3 == 0 ? [new("i", "" + i)] : null);
                recorder.Measure("t" + thread, "i", "", (double)i, null);
            }
        }, default, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task flusher = Task.Run(async () =>
        {
            while (!writers.All(w => w.IsCompleted))
            {
                await recorder.FlushAsync(default);
                await Task.Delay(5);
            }
        });
        await Task.WhenAll([.. writers, flusher]);
        await recorder.DisposeAsync();

        IReadOnlyList<SourceBlock> blocks = await RecordedRows.BlocksAsync(lake);
        Assert.True(blocks.Count > 2 * Threads * Each / 700, "blocks were not closed when they were full");
        Assert.All(blocks, b => Assert.InRange(b.Block.ObjectCount, 1, 700));
        foreach (IGrouping<Guid, SourceBlock> stream in blocks.GroupBy(b => b.Block.StreamId))
        {
            long offset = 0;
            foreach (BlockRecord block in stream.Select(b => b.Block).OrderBy(b => b.ObjectOffset))
            {
                Assert.Equal(offset, block.ObjectOffset);
                offset += block.ObjectCount;
            }
            Assert.Equal(Threads * Each, offset);
        }
        List<RecordedLine> lines = await RecordedRows.LinesAsync(lake);
        List<RecordedMeasure> measures = await RecordedRows.MeasuresAsync(lake);
        for (int thread = 0; thread < Threads; thread++)
        {
            RecordedLine[] own = [.. lines.Where(l => l.Target == "t" + thread).OrderBy(l => int.Parse(l.Message.AsSpan(5), CultureInfo.InvariantCulture))];
            Assert.Equal(Enumerable.Range(0, Each).Select(i => (Message: $"line {i}", Properties: i % 3 == 0 ? $"{{\"i\":\"{i}\"}}" : "{}")), own.Select(l => (l.Message, l.Properties)));
            Assert.True(own.Zip(own.Skip(1)).All(pair => pair.First.Time <= pair.Second.Time), "time went back");
            Assert.Equal(Enumerable.Range(0, Each).Select(i => (double)i), measures.Where(m => m.Target == "t" + thread).Select(m => m.Value).Order());
        }
    }

    [Fact]
    public async Task Blocks_are_stored_when_they_have_their_count_or_size()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        await using var byCount = new ProcessRecorder(lake, s_manual with { BlockEvents = 3 });
        for (int i = 0; i < 7; i++)
        {
            byCount.Log(4, "t", "m", null);
        }
        await EventuallyAsync(async () => (await RecordedRows.BlocksAsync(lake)).Sum(b => b.Block.ObjectCount) == 6);

        await using var bySize = new ProcessRecorder(lake, s_manual with { BlockBytes = 10_000 });
        bySize.Log(4, "t", new string('x', 9_000), null);
        bySize.Log(4, "t", new string('x', 9_000), null);
        bySize.Log(4, "t", "m", null);
        await EventuallyAsync(async () => (await RecordedRows.BlocksAsync(lake)).Where(b => b.Process.ProcessId == bySize.ProcessId).Sum(b => b.Block.ObjectCount) == 2);
    }

    [Fact]
    public async Task What_waits_is_stored_when_its_time_has_come()
    {
        var clock = new ManualClock(s_start);
        await using LakeHost lake = await RecordedRows.OpenAsync(clock);
        await using var recorder = new ProcessRecorder(lake, s_manual with { FlushPeriod = TimeSpan.FromSeconds(10) });
        clock.Advance(TimeSpan.FromSeconds(12));
        recorder.Log(4, "t", "m", null);
        recorder.Measure("t", "n", "", 1UL, null);
        clock.Advance(TimeSpan.FromSeconds(7.9));
        await Task.Delay(50);
        Assert.Empty(await RecordedRows.BlocksAsync(lake));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await EventuallyAsync(async () => (await RecordedRows.BlocksAsync(lake)).Count == 2);
        Assert.All(await RecordedRows.BlocksAsync(lake), b => Assert.Equal(StartTime + 20_000_000_000, b.Block.InsertTime));
        clock.Advance(TimeSpan.FromSeconds(60));
        await recorder.FlushAsync(default);
        Assert.Equal(2, (await RecordedRows.BlocksAsync(lake)).Count);
    }

    [Fact]
    public async Task A_recorder_without_events_leaves_nothing()
    {
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System);
        var recorder = new ProcessRecorder(lake, s_manual);
        await recorder.FlushAsync(default);
        await recorder.DisposeAsync();
        await recorder.DisposeAsync();
        Assert.Null(await lake.Catalog.FindProcessAsync(recorder.ProcessId, default));
        Assert.Throws<ObjectDisposedException>(() => recorder.Log(4, "t", "m", null));
        Assert.Throws<ObjectDisposedException>(() => recorder.Measure("t", "n", "", 1.0, null));
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_and_leave_the_block_whole()
    {
        await using LakeHost lake = await RecordedRows.OpenAsync(TimeProvider.System);
        await using var recorder = new ProcessRecorder(lake, s_manual);
        recorder.Log(4, "t", "before", null);
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.Log(0, "t", "m", null));
        Assert.Throws<ArgumentNullException>(() => recorder.Log(4, null!, "m", null));
        Assert.Throws<ArgumentException>(() => recorder.Log(4, "t", "m", [new("k", null!)]));
        Assert.Throws<ArgumentException>(() => recorder.Log(4, "t", new string('x', (16 << 20) + 1), null));
        Assert.Throws<ArgumentNullException>(() => recorder.Measure("t", null!, "", 1.0, null));
        Assert.Throws<ArgumentException>(() => recorder.Measure("t", "n", "", 1UL, [new(null!, "v")]));
        recorder.Log(4, "t", "after", [new("k", "v")]);
        recorder.Measure("t", "n", "", 1.0, null);
        await recorder.FlushAsync(default);
        Assert.Equal(["before", "after"], (await RecordedRows.LinesAsync(lake)).Select(l => l.Message));
        Assert.Single(await RecordedRows.MeasuresAsync(lake));

        Assert.Throws<ArgumentException>(() => new ProcessRecorder(lake, s_manual with { Properties = [new("micromegas.audience", "x")] }));
        Assert.Throws<ArgumentException>(() => new ProcessRecorder(lake, s_manual with { Exe = "a\0b" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessRecorder(lake, s_manual with { BlockEvents = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessRecorder(lake, s_manual with { FlushPeriod = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessRecorder(lake, s_manual with { BufferLimit = 100 }));
    }

    internal static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 6000; i++)
        {
            if (await condition())
            {
                return;
            }
            await Task.Delay(10);
        }
        Assert.Fail("It did not happen within a minute.");
    }
}
