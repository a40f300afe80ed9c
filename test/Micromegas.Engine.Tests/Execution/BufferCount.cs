using Micromegas.Columnar;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>Tests that count the buffers of the process must not run beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BufferCount
{
    public const string Name = "Counts native buffers";

    /// <summary>Buffers rented now, without those that other tests lost.</summary>
    public static long Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return BufferPool.Shared.OutstandingCount;
    }
}
