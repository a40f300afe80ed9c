namespace Micromegas.Lake.Tests.Processes;

/// <summary>A clock on which an hour passes in two seconds; all processes that are given the same origin agree on it. Timers and elapsed time stay real.</summary>
internal sealed class FastClock(long originTicks) : TimeProvider
{
    private const long Factor = 1800;

    /// <summary>A lake's options. What is retired is kept for twenty real seconds, which no question takes, however busy the machine is.</summary>
    public static LakeOptions Options(FastClock clock) => new() { TimeProvider = clock, RetirementGrace = TimeSpan.FromHours(10) };

    public override DateTimeOffset GetUtcNow() => new(originTicks + ((DateTime.UtcNow.Ticks - originTicks) * Factor), TimeSpan.Zero);
}
