namespace Micromegas.Lake.Tests.Writing;

/// <summary>A clock and counter (10 MHz) that go when the test says so; due timers fire inside <see cref="Advance"/>.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private const long StartTicks = 987_654_321;
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private TimeSpan elapsed;

    /// <summary>Timers that will fire.</summary>
    public int Armed
    {
        get
        {
            lock (gate)
            {
                return timers.Count(static timer => timer.Due is not null);
            }
        }
    }

    /// <summary>Timers that will fire, but not soon: what waits for its next run, not what renews a lease meanwhile.</summary>
    public int ArmedBeyond(TimeSpan soon)
    {
        lock (gate)
        {
            return timers.Count(timer => timer.Due > elapsed + soon);
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + elapsed;

    public override long GetTimestamp() => StartTicks + elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (gate)
        {
            timers.Add(timer);
        }
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end = elapsed + by;
        while (Next(end) is { } next)
        {
            elapsed = next.Due!.Value;
            next.Fire();
        }
        elapsed = end;
    }

    private Timer? Next(TimeSpan end)
    {
        lock (gate)
        {
            return timers.Where(t => t.Due <= end).MinBy(t => t.Due);
        }
    }

    private sealed class Timer(ManualClock clock, Action callback) : ITimer
    {
        private TimeSpan? _period;

        public TimeSpan? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.elapsed + dueTime;
            _period = period == Timeout.InfiniteTimeSpan ? null : period;
            return true;
        }

        public void Fire()
        {
            Due = _period is { } period ? Due + period : null;
            callback();
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
