namespace Micromegas.Lake.Tests.Processes;

/// <summary>A clock on which an hour passes in two seconds; all processes that are given the same origin agree on it. Timers and elapsed time stay real.</summary>
internal sealed class FastClock(long originTicks) : TimeProvider
{
    private const long Factor = 1800;

    public override DateTimeOffset GetUtcNow() => new(originTicks + ((DateTime.UtcNow.Ticks - originTicks) * Factor), TimeSpan.Zero);
}
