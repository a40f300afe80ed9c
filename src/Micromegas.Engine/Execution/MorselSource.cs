using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;

namespace Micromegas.Engine.Execution;

/// <summary>
/// Feeds a pipeline from a scan. The scan's morsels are taken and their bytes fetched off the workers, a few ahead; workers get only
/// morsels that are ready, in the order of the scan.
/// </summary>
internal sealed class MorselSource : PipelineSource
{
    /// <summary>Morsels that need no fetch are made ready up to so many, so that neither workers nor this wait for each other at each of them.</summary>
    private const int MostKept = 1024;

    private readonly ScanPlan scan;
    private readonly ScanBound? bound;
    private readonly Lock gate = new();
    private readonly Queue<Fetch> ready = [];
    private readonly List<WorkerContext> waiting = [];
    private CancellationTokenSource? stop;
    private SemaphoreSlim? window;
    private Task feed = Task.CompletedTask;
    private PipelineRun? run;
    private readonly bool probes;
    private bool ended;
    private bool isProbing;
    private int ahead;
    private long aheadBytes;

    /// <summary>Morsels that lie ahead and take a place in the window.</summary>
    private int placed;

    /// <param name="scan">The scan.</param>
    /// <param name="bound">What a top-n above knows of the rows that it still wants.</param>
    /// <param name="probes">Whether all that the scan delivers reaches the top-n, so that it may look at the bounded column first.</param>
    public MorselSource(ScanPlan scan, ScanBound? bound = null, bool probes = false)
    {
        this.scan = scan;
        this.bound = bound;
        this.probes = probes && bound is { RowsWanted: > 0 };
    }

    public override void Start(PipelineRun run)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        // Enough ahead that a worker finds the next morsel ready, few enough that a slow reader does not fill memory with fetched bytes.
        // Under a bound the first pieces may make most others unnecessary, so little is fetched ahead.
        window = new SemaphoreSlim(bound is null ? (2 * run.Group.Parallelism) + 2 : run.Group.Parallelism);
        this.run = run;
    }

    // On a thread of the pool what is known at once is fed at once, while others begin with the first morsels.
    public override void Feed()
    {
        var token = stop!.Token;
        feed = run!.Context.Workers.IsHere ? FeedAsync(run, token) : Task.Run(() => FeedAsync(run, token), CancellationToken.None);
    }

    public override SourceReader CreateReader() => new Reader(this);

    private bool IsStopped => stop!.IsCancellationRequested;

    public override void Stop()
    {
        stop?.Cancel();
        Publish(null);
    }

    public override async ValueTask DisposeAsync()
    {
        if (stop is null)
        {
            return;
        }
        if (!feed.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await feed.ConfigureAwait(false);
        }
        while (ready.TryDequeue(out var fetch))
        {
            fetch.Morsel.Dispose();
        }
        stop.Dispose();
        window!.Dispose();
        stop = null;
    }

    private async Task FeedAsync(PipelineRun run, CancellationToken cancellationToken)
    {
        // Fetches run side by side; the channel keeps the order of the scan.
        var fetches = Channel.CreateUnbounded<Fetch>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });
        var delivery = DeliverAsync(run, fetches.Reader);
        try
        {
            await foreach (var morsel in OpenAsync(run, cancellationToken).ConfigureAwait(false))
            {
                var bytes = FetchAsync(morsel, run.Context.Budget, cancellationToken);
                var isFree = bytes.IsCompletedSuccessfully && bound is null && Volatile.Read(ref ahead) <= MostKept && !IsTight(run.Context.Budget);
                if (!isFree)
                {
                    Interlocked.Increment(ref placed);
                }
                fetches.Writer.TryWrite(new Fetch(morsel, bytes, isFree));
                if (!isFree)
                {
                    await MakeRoomAsync(run.Context.Budget, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody needs the rest; whether that is an error is the statement's to say.
        }
        catch (Exception exception)
        {
            run.Fail(exception);
        }
        fetches.Writer.Complete();
        await delivery.ConfigureAwait(false);
        Publish(null);
    }

    /// <summary>Starts a fetch; what it brings counts on the statement's account.</summary>
    private Task FetchAsync(Morsel morsel, MemoryBudget budget, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref ahead);
        Interlocked.Add(ref aheadBytes, morsel.PrefetchBytes);
        var before = MemoryBudget.Current;
        MemoryBudget.Current = budget;
        try
        {
            return morsel.PrefetchAsync(cancellationToken).AsTask();
        }
        finally
        {
            MemoryBudget.Current = before;
        }
    }

    /// <summary>
    /// Waits until one more morsel may be fetched: where memory is short, until all that were fetched are in work. What lies ready takes an eighth of it at most, so that
    /// operators have time to spill before more is fetched.
    /// </summary>
    private async Task MakeRoomAsync(MemoryBudget budget, CancellationToken cancellationToken)
    {
        await window!.WaitAsync(cancellationToken).ConfigureAwait(false);
        var kept = 0;
        while (IsTight(budget) && Volatile.Read(ref placed) > 0)
        {
            await window.WaitAsync(cancellationToken).ConfigureAwait(false);
            kept++;
        }
        if (kept > 0)
        {
            window.Release(kept);
        }
    }

    private bool IsTight(MemoryBudget budget) => budget.RentedBytes > budget.Limit / 4 || Volatile.Read(ref aheadBytes) > budget.Limit / 8;

    /// <summary>The scan's morsels; under a bound in the order of what they promise, without those that cannot have rows of the result.</summary>
    private async IAsyncEnumerable<Morsel> OpenAsync(PipelineRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var morsels = scan.OpenAsync(run.Context, cancellationToken);
        if (bound is null)
        {
            await foreach (var morsel in morsels.ConfigureAwait(false))
            {
                yield return morsel;
            }
            yield break;
        }
        var all = new List<Morsel>();
        var given = new HashSet<Morsel>();
        try
        {
            await foreach (var morsel in morsels.ConfigureAwait(false))
            {
                all.Add(morsel);
            }
            foreach (var morsel in bound.Order(all))
            {
                if (!Excludes(morsel))
                {
                    given.Add(morsel);
                    yield return morsel;
                }
            }
        }
        finally
        {
            foreach (var morsel in all)
            {
                if (!given.Contains(morsel))
                {
                    morsel.Dispose();
                }
            }
        }
    }

    private bool Excludes(Morsel morsel) =>
        bound is not null && morsel.RangeOf(bound.TableOrdinal) is { } range && bound.Excludes(range);

    private async Task DeliverAsync(PipelineRun run, ChannelReader<Fetch> fetches)
    {
        await foreach (var fetch in fetches.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                await fetch.Bytes.ConfigureAwait(false);
                Publish(fetch);
            }
            catch (OperationCanceledException) when (stop!.IsCancellationRequested)
            {
                fetch.Morsel.Dispose();
            }
            catch (Exception exception)
            {
                fetch.Morsel.Dispose();
                run.Fail(exception);
            }
        }
    }

    /// <summary>Makes a morsel ready for the workers; <see langword="null"/> = there are no more.</summary>
    private void Publish(Fetch? fetch)
    {
        lock (gate)
        {
            if (fetch is not { } fetched)
            {
                ended = true;
            }
            else
            {
                ready.Enqueue(fetched);
            }
        }
        WakeWaiting();
    }

    private Supply Take(WorkerContext worker, out Morsel? morsel)
    {
        lock (gate)
        {
            if (stop!.IsCancellationRequested)
            {
                morsel = null;
                return Supply.End;
            }
            if (isProbing && ready.Count > 0 && bound!.Value is null)
            {
                // The first look may show that the others are not needed.
                waiting.Add(worker);
                morsel = null;
                return Supply.Wait;
            }
            if (ready.TryDequeue(out var fetch))
            {
                morsel = fetch.Morsel;
                isProbing |= probes && bound!.Value is null;
                Interlocked.Decrement(ref ahead);
                Interlocked.Add(ref aheadBytes, -morsel.PrefetchBytes);
                if (!fetch.IsFree)
                {
                    Interlocked.Decrement(ref placed);
                    window!.Release();
                }
                return Supply.Ready;
            }
            morsel = null;
            if (ended)
            {
                return Supply.End;
            }
            waiting.Add(worker);
            return Supply.Wait;
        }
    }

    private MorselReader Open(Morsel morsel, QueryContext context, MorselReader? released)
    {
        if (!probes)
        {
            return Open();
        }
        MorselReader? reader = null;
        try
        {
            reader = Open();
            reader.Probe();
            return reader;
        }
        catch
        {
            reader?.Dispose();
            throw;
        }
        finally
        {
            EndProbe();
        }

        MorselReader Open() => released is null ? morsel.Open(context) : morsel.Open(context, released);
    }

    private void EndProbe()
    {
        lock (gate)
        {
            isProbing = false;
        }
        WakeWaiting();
    }

    private void WakeWaiting()
    {
        WorkerContext[] woken;
        lock (gate)
        {
            woken = [.. waiting];
            waiting.Clear();
        }
        foreach (var worker in woken)
        {
            worker.Signal();
        }
    }

    /// <param name="Morsel">The morsel.</param>
    /// <param name="Bytes">Ends when its bytes are there.</param>
    /// <param name="IsFree">Whether it takes no place in the window, because nothing had to be fetched for it.</param>
    private readonly record struct Fetch(Morsel Morsel, Task Bytes, bool IsFree);

    private sealed class Reader(MorselSource source) : SourceReader
    {
        private Morsel? morsel;
        private MorselReader? reader;

        /// <summary>A reader that has come to its end and can read another morsel.</summary>
        private MorselReader? released;

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            for (;;)
            {
                if (reader is null)
                {
                    batch = null;
                    var supply = source.Take(worker, out morsel);
                    if (supply != Supply.Ready)
                    {
                        return supply;
                    }
                    if (source.Excludes(morsel!))
                    {
                        Close();
                        continue;
                    }
                    var used = released;
                    released = null;
                    reader = source.Open(morsel!, worker.Query, used);
                }
                worker.ThrowIfCancelled();
                batch = source.IsStopped ? null : reader.Next();
                if (batch is not null)
                {
                    Interlocked.Add(ref worker.Query.Statistics.RowsScanned, batch.SelectedCount);
                    return Supply.Ready;
                }
                Close();
            }
        }

        public override void Dispose()
        {
            base.Dispose();
            Close();
            released?.Dispose();
            released = null;
        }

        private void Close()
        {
            if (reader?.TryRelease() == true)
            {
                released = reader;
            }
            reader = null;
            morsel?.Dispose();
            morsel = null;
        }
    }
}
