using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Fetches and decodes blocks side by side, on the statement's workers, and hands them over in their order. How many are under way is bounded by their size
/// (spec/lakehouse.md §3.15).
/// </summary>
internal sealed class BlockPipeline(ViewDefinition view, IObjectStore store, QueryContext context) : IDisposable
{
    private const long PayloadBytesUnderWay = 100 << 20;
    private const int BlocksUnderWay = 64;

    private readonly int[] _columns = Enumerable.Range(0, view.Schema.Count).ToArray();
    private readonly ConcurrentBag<BlockDecoder> _decoders = [];

    /// <summary>Every block's rows, in order; whoever takes one disposes it.</summary>
    public async IAsyncEnumerable<DecodedBlock> DecodeAsync(IReadOnlyList<SourceBlock> blocks, [EnumeratorCancellation] CancellationToken ct)
    {
        long largest = blocks.Count == 0 ? 1 : Math.Max(1, blocks.Max(b => b.Block.PayloadSize));
        int window = (int)Math.Clamp(PayloadBytesUnderWay / largest, 1, Math.Min(BlocksUnderWay, 2 + (2 * context.Workers.ThreadCount)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var underWay = new Queue<Task<DecodedBlock>>();
        try
        {
            for (int next = 0; next < blocks.Count || underWay.Count > 0;)
            {
                while (next < blocks.Count && underWay.Count < window)
                {
                    underWay.Enqueue(DecodeAsync(blocks[next++], stop.Token));
                }
                yield return await underWay.Dequeue().ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (Task<DecodedBlock> task in underWay)
            {
                await DiscardAsync(task).ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        foreach (BlockDecoder decoder in _decoders)
        {
            decoder.Dispose();
        }
    }

    private static async Task DiscardAsync(Task<DecodedBlock> task)
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (task.IsCompletedSuccessfully)
        {
            task.Result.Dispose();
        }
    }

    private async Task<DecodedBlock> DecodeAsync(SourceBlock block, CancellationToken ct)
    {
        var payload = new BlockPayload(store, block);
        byte[]? bytes = await payload.FetchAsync(ct).ConfigureAwait(false);
        Interlocked.Add(ref context.Statistics.BytesRead, bytes?.Length ?? 0);
        return await context.Workers.RunAsync(
            () =>
            {
                BlockDecoder decoder = _decoders.TryTake(out BlockDecoder? idle) ? idle : view.CreateDecoder!(_columns);
                DecodedBlock decoded = payload.Decode(decoder, bytes);
                _decoders.Add(decoder);
                Interlocked.Increment(ref context.Statistics.BlocksDecoded);
                return decoded;
            },
            ct).ConfigureAwait(false);
    }
}
