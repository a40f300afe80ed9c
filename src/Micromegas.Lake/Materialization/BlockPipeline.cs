using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Fetches and decodes blocks side by side, on the statement's workers, and hands them over in their order. How many are under way is bounded by the statement's
/// memory budget (spec/lakehouse.md §3.15 bounds upstream by a fixed size): what is refused waits until a block before it was taken.
/// </summary>
internal sealed class BlockPipeline(ViewDefinition view, IObjectStore store, QueryContext context) : IDisposable
{
    // Payloads are compressed, rows are columns with a dictionary each: what a block takes once decoded is a guess until then.
    private const int GrowthGuess = 6;

    private readonly int[] _columns = Enumerable.Range(0, view.Schema.Count).ToArray();
    private readonly ConcurrentBag<BlockDecoder> _decoders = [];

    /// <summary>Every block's rows, in order; whoever takes one disposes it.</summary>
    public async IAsyncEnumerable<DecodedBlock> DecodeAsync(IReadOnlyList<SourceBlock> blocks, [EnumeratorCancellation] CancellationToken ct)
    {
        // More would only wait for a worker.
        int window = 2 + (2 * context.Workers.ThreadCount);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var underWay = new Queue<(Task<DecodedBlock> Task, MemoryReservation Memory)>();
        try
        {
            for (int next = 0; next < blocks.Count || underWay.Count > 0;)
            {
                while (next < blocks.Count && underWay.Count < window && Reserve(blocks[next], underWay.Count == 0) is { } memory)
                {
                    underWay.Enqueue((DecodeAsync(blocks[next++], stop.Token), memory));
                }
                (Task<DecodedBlock> task, MemoryReservation held) = underWay.Dequeue();
                using (held)
                {
                    DecodedBlock block = await task.ConfigureAwait(false);

                    // What it really takes; when that is more than the budget has, fewer others are begun.
                    held.TryResize(block.Bytes);
                    yield return block;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach ((Task<DecodedBlock> task, MemoryReservation memory) in underWay)
            {
                await DiscardAsync(task).ConfigureAwait(false);
                memory.Dispose();
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

    /// <summary>Null when the budget refuses and others are under way; the only one must have what it needs at least.</summary>
    private MemoryReservation? Reserve(SourceBlock block, bool isOnly)
    {
        var memory = new MemoryReservation(context.Budget, "decoding blocks");
        long payload = Math.Max(1, block.Block.PayloadSize);
        if (memory.TryGrow(payload * GrowthGuess))
        {
            return memory;
        }
        if (!isOnly)
        {
            return null;
        }
        memory.Grow(payload);
        return memory;
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
