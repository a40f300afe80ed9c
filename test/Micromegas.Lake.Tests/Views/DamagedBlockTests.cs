using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Views;
using Micromegas.Storage;
using Micromegas.Storage.Tests;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Tests.Views;

/// <summary>
/// Every view with a recorded block that was damaged in every way: what spec/data-lake.md §4.9 says becomes of it. Blocks that are unusual but readable, or damaged inside a
/// record, are in the room of the decoders (the blocks of process <c>odd</c>).
/// </summary>
public sealed class DamagedBlockTests
{
    private const string Odd = "119a72d1-74c9-4f6a-8c01-1cdd9474031b";

    /// <summary>What becomes of a statement.</summary>
    public enum Outcome
    {
        /// <summary>The rows of the block are missing and nothing else; a warning says so, and the failure is recorded.</summary>
        LosesBlock,

        /// <summary>The statement fails, and nothing is written: blocks that are decoded together go together.</summary>
        Fails,

        /// <summary>The view does not need what is damaged.</summary>
        KeepsAll,
    }

    private static readonly Dictionary<string, Func<byte[], byte[]?>> s_anyFormat = new()
    {
        ["missing"] = _ => null,
        ["empty"] = _ => [],
        ["cut"] = payload => payload[..(payload.Length / 2)],
        ["noise"] = payload => Enumerable.Repeat((byte)0xFF, payload.Length).ToArray(),
        ["no objects"] = payload => Envelope(payload, [], false),
    };

    private static readonly Dictionary<string, Func<byte[], byte[]?>> s_native = new()
    {
        ["no LZ4 frame"] = payload => Envelope(payload, [1, 2, 3], false),
        ["LZ4 frame cut"] = payload => Envelope(payload, BlockEnvelope.Read(payload).Objects[..^5].ToArray(), false),
        ["type index out of range"] = payload => Envelope(payload, Frame([200]), false),
        ["record beyond the buffer"] = payload => Envelope(payload, Frame([0]), false),
        ["dependencies missing"] = payload => Envelope(payload, null, true),
    };

    private static readonly Dictionary<string, Func<byte[], byte[]?>> s_otlp = new()
    {
        ["message cut"] = payload => Envelope(payload, BlockEnvelope.Read(payload).Objects[..^1].ToArray(), false),
        ["wrong wire type"] = payload => Envelope(payload, [0x10, 0x01], false),
    };

    public static TheoryData<string, string, Outcome> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, Outcome>();
            foreach (string view in (string[])["log_entries", "measures", "async_events", "images", "otel_spans", "thread_spans", "net_spans"])
            {
                Outcome outcome = view is "thread_spans" or "net_spans" ? Outcome.Fails : Outcome.LosesBlock;
                foreach (string damage in s_anyFormat.Keys.Concat(view == "otel_spans" ? s_otlp.Keys : s_native.Keys))
                {
                    cases.Add(view, damage, (view, damage) switch
                    {
                        // An OTLP message without any field is a message without records.
                        ("otel_spans", "no objects") => Outcome.LosesBlock,

                        // Names of images stand in their events.
                        ("images", "dependencies missing") => Outcome.KeepsAll,
                        _ => outcome,
                    });
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_damaged_block_ends_as_the_specification_says(string view, string damage, Outcome outcome)
    {
        (string instance, SourceBlock block) = await FindAsync(view);
        await using LakeHost whole = await GoldenHost.OpenAsync("global", withPartitions: false);
        (List<object?[]> all, _) = await whole.ReadInstanceAsync(view, instance);
        byte[] intact = await whole.Store.ReadAllAsync(block.Block.ObjectKey, default);

        var overlay = new OverlayStore(new DirectoryObjectStore(GoldenLake.Store));
        var store = new FaultyObjectStore(overlay);
        if (Damage(damage)(intact) is { } damaged)
        {
            await overlay.PutAsync(block.Block.ObjectKey, damaged, PutMode.Overwrite, default);
        }
        else
        {
            store.Decide = (_, key, _) => key == block.Block.ObjectKey ? new ObjectNotFoundException(key) : null;
        }
        await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: false, store: store);
        if (outcome == Outcome.Fails)
        {
            var failure = await Assert.ThrowsAsync<LakeException>(() => lake.ReadInstanceAsync(view, instance));
            Assert.Equal("XX001", failure.SqlState);
            Assert.Contains(block.Block.BlockId.ToString("D"), failure.Message, StringComparison.Ordinal);
            Assert.Empty(await lake.Catalog.ListPartitionsAsync(default, default));

            // Nothing of the failure stays once the block is there again.
            store.Decide = null;
            await overlay.PutAsync(block.Block.ObjectKey, intact, PutMode.Overwrite, default);
            ViewReader.AssertSameRows(all, (await lake.ReadInstanceAsync(view, instance)).Rows);
            return;
        }

        int column = ViewCatalog.Find(view)!.Schema.IndexOf("block_id");
        string id = block.Block.BlockId.ToString("D");
        List<object?[]> expected = outcome == Outcome.KeepsAll ? all : all.FindAll(row => (string)row[column]! != id);
        Assert.Equal(outcome == Outcome.LosesBlock, expected.Count < all.Count);
        (List<object?[]> rows, List<string> warnings) = await ReadAsync(lake, view, instance);
        ViewReader.AssertSameRows(expected, rows);
        bool isReported = outcome == Outcome.LosesBlock && (view, damage) != ("otel_spans", "no objects");
        Assert.Equal(isReported, warnings.Exists(w => w.Contains(id, StringComparison.Ordinal) && w.Contains("gives no rows", StringComparison.Ordinal)));
        Assert.Equal(isReported ? [(block.Block.BlockId, view)] : [], (await lake.Catalog.ListFailedBlocksAsync(default)).Select(f => (f.BlockId, f.ViewSet)));

        // The same from the partition, without a word.
        (rows, warnings) = await ReadAsync(lake, view, instance);
        ViewReader.AssertSameRows(expected, rows);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task Live_rows_of_global_views_miss_the_block_only(string view)
    {
        (_, SourceBlock block) = await FindAsync(view);
        await using LakeHost whole = await GoldenHost.OpenAsync("global", withPartitions: false);
        (List<object?[]> all, _) = await whole.ReadViewAsync(view);
        foreach (string damage in s_anyFormat.Keys.Where(d => d != "missing").Concat(s_native.Keys))
        {
            await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: false);
            await lake.Store.PutAsync(
                block.Block.ObjectKey, Damage(damage)(await whole.Store.ReadAllAsync(block.Block.ObjectKey, default)), PutMode.Overwrite, default);
            (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadViewAsync(view);
            Assert.Equal(all.Count - all.Count(row => (string)row[2]! == block.Block.BlockId.ToString("D")), rows.Count);
            Assert.Equal(rows.Count, statistics.LiveRows);
        }
    }

    private static Func<byte[], byte[]?> Damage(string name) =>
        s_anyFormat.GetValueOrDefault(name) ?? s_native.GetValueOrDefault(name) ?? s_otlp[name];

    /// <summary>The instance with the most blocks among those that have rows, and one of its blocks that has some.</summary>
    private static async Task<(string Instance, SourceBlock Block)> FindAsync(string view)
    {
        ViewDefinition definition = ViewCatalog.Find(view)!;
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        string format = view == "otel_spans" ? StreamFormats.OtlpTraces : StreamFormats.Transit;
        int column = definition.Schema.IndexOf("block_id");
        foreach (IGrouping<Guid, SourceBlock> blocks in (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = definition.Tag }, default))
            .Where(b => b.Stream.Format == format && b.Process.ProcessId != Guid.Parse(Odd) && b.Block.ObjectCount > 0)
            .GroupBy(b => definition.Instances == ViewInstanceKind.Stream ? b.Stream.StreamId : b.Process.ProcessId)
            .OrderByDescending(g => g.Count()))
        {
            string instance = blocks.Key.ToString("D");
            if (column < 0)
            {
                return (instance, blocks.First());
            }
            HashSet<string> seen = [.. (await lake.ReadInstanceAsync(view, instance)).Rows.Select(row => (string)row[column]!)];
            if (blocks.FirstOrDefault(b => seen.Contains(b.Block.BlockId.ToString("D"))) is { } block)
            {
                return (instance, block);
            }
        }
        throw new InvalidOperationException($"no block has rows of {view}");
    }

    private static async Task<(List<object?[]> Rows, List<string> Warnings)> ReadAsync(LakeHost lake, string view, string instance)
    {
        var warnings = new List<string>();
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default)
        {
            Warn = text =>
            {
                lock (warnings)
                {
                    warnings.Add(text);
                }
            },
        };
        ITable table = await lake.Tables.FindTableFunction("view_instance")!.BindAsync(
            [Scalar.Of(view), Scalar.Of(instance)], new Dictionary<string, Scalar>(), context, default);
        return (await TableRows.ReadAsync(table, context: context), warnings);
    }

    /// <summary>The block with other objects (null: its own), or with no dependencies.</summary>
    private static byte[] Envelope(byte[] payload, byte[]? objects, bool dropsDependencies)
    {
        using PooledBuffer written = new();
        BlockEnvelope.Write(dropsDependencies ? Frame([]) : BlockEnvelope.Read(payload).Dependencies, objects ?? BlockEnvelope.Read(payload).Objects, written);
        return written.WrittenSpan.ToArray();
    }

    private static byte[] Frame(byte[] content)
    {
        using PooledBuffer frame = new();
        Lz4Frame.Compress(content, frame, Lz4FrameOptions.RustClient);
        return frame.WrittenSpan.ToArray();
    }
}
