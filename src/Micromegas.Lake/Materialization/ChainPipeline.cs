using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Decodes the blocks of one partition whose events reach from block to block: fetched ahead, decoded one after the other on the statement's workers
/// (spec/lakehouse.md §5.5).
/// </summary>
internal sealed class ChainPipeline(
    ViewDefinition view, IReadOnlyList<int> projection, IObjectStore store, BlockFailures failures, QueryContext context) : IDisposable
{
    private const long PayloadBytesUnderWay = 32 << 20;
    private const int BlocksUnderWay = 16;

    private readonly ChainDecoder _decoder = view.CreateChainDecoder!(projection);

    /// <summary>What the view records of the partition; known when every row was taken.</summary>
    public ChainDecoder Decoder => _decoder;

    /// <summary>The rows, chain by chain; whoever takes a batch disposes its columns.</summary>
    /// <param name="blocks">All blocks of the partition, by their ticks.</param>
    /// <param name="ct">Cancels fetching and decoding.</param>
    /// <exception cref="LakeException">A block is missing or damaged: nothing of the partition can be had.</exception>
    public async IAsyncEnumerable<Batch> DecodeAsync(IReadOnlyList<SourceBlock> blocks, [EnumeratorCancellation] CancellationToken ct)
    {
        long largest = Math.Max(1, blocks.Max(b => b.Block.PayloadSize));
        int window = (int)Math.Clamp(PayloadBytesUnderWay / largest, 1, BlocksUnderWay);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var memory = new MemoryReservation(context.Budget, "call trees");
        var underWay = new Queue<Task<byte[]?>>();
        int fetched = 0;
        try
        {
            _decoder.Open(blocks);
            foreach (BlockChain chain in BlockChain.Split(blocks))
            {
                _decoder.Start(chain);
                foreach (SourceBlock block in chain.Blocks)
                {
                    // The chains together are the blocks in their order.
                    while (fetched < blocks.Count && underWay.Count < window)
                    {
                        underWay.Enqueue(new BlockPayload(store, blocks[fetched++]).FetchAsync(stop.Token).AsTask());
                    }
                    byte[] payload = await underWay.Dequeue().ConfigureAwait(false)
                        ?? throw Throw.CorruptBlock(block.Block.BlockId, $"its object '{block.Block.ObjectKey}' is missing");
                    Interlocked.Add(ref context.Statistics.BytesRead, payload.Length);
                    Interlocked.Increment(ref context.Statistics.BlocksDecoded);
                    Batch? rows = await RunAsync(
                        () =>
                        {
                            failures.Warn(block, _decoder.Add(block, BlockPayload.DescriptionOf(block.Stream), payload), context);

                            // A chain is as long as its thread was busy; what the budget refuses ends the statement, not the process.
                            memory.Grow(Math.Max(0, _decoder.MemoryBytes - memory.Bytes));
                            return _decoder.Take(isComplete: false);
                        },
                        ct).ConfigureAwait(false);
                    for (; rows is not null; rows = await RunAsync(() => _decoder.Take(isComplete: false), ct).ConfigureAwait(false))
                    {
                        yield return rows;
                    }
                }
                while (await RunAsync(() => _decoder.Take(isComplete: true), ct).ConfigureAwait(false) is { } rest)
                {
                    yield return rest;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (Task<byte[]?> task in underWay)
            {
                await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public void Dispose() => _decoder.Dispose();

    private Task<Batch?> RunAsync(Func<Batch?> work, CancellationToken ct) => context.Workers.RunAsync(work, ct);
}
