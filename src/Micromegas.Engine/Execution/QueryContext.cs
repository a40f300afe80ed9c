using Micromegas.Columnar;
using Micromegas.Parquet;

namespace Micromegas.Engine.Execution;

/// <summary>What belongs to one run of one statement. Shared by its workers; thread-safe.</summary>
public sealed class QueryContext
{
    private readonly long now;
    private WorkerPool? workers;

    public QueryContext(EngineOptions options, MemoryBudget budget, CancellationToken cancellationToken)
    {
        Options = options;
        Budget = budget;
        CancellationToken = cancellationToken;
        var now = options.TimeProvider.GetUtcNow();
        this.now = checked((now.UtcTicks - DateTime.UnixEpoch.Ticks) * 100);
    }

    public EngineOptions Options { get; }

    /// <summary>Memory that the statement may hold.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Cancelled by token, <c>Cancel()</c>, time-out or disposal; CPU work checks it once a batch.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Query range (spec/sql.md §0.2): filters every view; open when there is none.</summary>
    public TimeRange Range { get; init; }

    /// <summary>The statement's time in nanoseconds since 1970: what <c>now()</c> gives.</summary>
    public long Now
    {
        get
        {
            IsOfItsTime = true;
            return now;
        }
    }

    /// <summary>Whether something was computed that another run may find different: a plan that holds it serves this run only.</summary>
    internal bool IsOfItsTime { get; set; }

    public QueryStatistics Statistics { get; } = new();

    /// <summary>The workers that run the statement; scans that must compute before they can deliver (decode blocks) do so there.</summary>
    public WorkerPool Workers { get => workers ?? WorkerPool.Shared; internal set => workers = value; }

    /// <summary>Where scans keep the bytes of column chunks; null = nowhere.</summary>
    public ChunkCache? Chunks { get; init; }

    /// <summary>The settings of the connection that asks, which SET changes; without them SET has no effect.</summary>
    public Statements.SessionSettings? Session { get; init; }

    /// <summary>Takes a warning: a block that could not be decoded, JSON text that is none.</summary>
    public Action<string>? Warn { get; init; }
}
