namespace Micromegas.Telemetry;

/// <summary>What a process row says about its tick counter.</summary>
/// <param name="TscFrequency">Ticks per second; 0 when the client could not determine it.</param>
/// <param name="StartTicks">Absolute ticks at registration.</param>
/// <param name="StartTime">Wall clock at the same instant in Unix nanoseconds, as stored (cut to microseconds).</param>
public readonly record struct ProcessClock(long TscFrequency, long StartTicks, long StartTime);
