namespace Micromegas.Engine.Execution;

/// <summary>Where the blocked caller of a statement waits while there is nothing that it could compute.</summary>
internal sealed class CallerSeat
{
    private volatile bool isWaiting;

    /// <summary>Released for whoever waits; a release too many makes the caller look once in vain.</summary>
    public SemaphoreSlim Wake { get; } = new(0);

    /// <summary>Set by the caller before it waits, and by the one who wakes it. Changed under the pool's lock.</summary>
    public bool IsWaiting { get => isWaiting; set => isWaiting = value; }
}
