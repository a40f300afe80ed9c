using Micromegas.Columnar;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>Tests that count the buffers of the process must not run beside others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BufferCount
{
    public const string Name = "Counts native buffers";

    /// <summary>Buffers rented now, without those that other tests lost: what hangs on a lost object is found one collection later, so collects until the count stays.</summary>
    public static long Now()
    {
        var count = long.MaxValue;
        for (var same = 0; same < 3;)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now = BufferPool.Shared.OutstandingCount;
            same = now == count ? same + 1 : 0;
            count = now;
        }
        return count;
    }

    /// <summary>No more buffers are rented than before; fewer may be: an idle worker referred to what another test lost, and no longer does.</summary>
    public static void AssertNoneLeft(long before)
    {
        var after = Now();
        Assert.True(after <= before, $"{after - before} buffers were not given back.");
    }
}
