namespace Micromegas.Lake.Catalogs;

/// <summary>The newest of the blocks that a process or stream sent; times in nanoseconds since 1970 UTC.</summary>
internal readonly record struct Activity(long LastInsertTime, long LastEndTicks, long LastEndTime);

/// <summary>A process that sent at least one block.</summary>
internal sealed record ProcessActivity(ProcessRecord Process, Activity Last);

/// <summary>A stream that sent at least one block, and the process that its blocks name.</summary>
internal sealed record StreamActivity(StreamRecord Stream, Guid ProcessId, Activity Last);
