using System.Diagnostics;
using System.Globalization;

namespace Micromegas.Telemetry.Tests.Fuzzing;

/// <summary>Damaged input is read or refused with the format's own error, never with another one, and never takes memory without bound.</summary>
public sealed class DecoderFuzzTests
{
    private const int ShortRun = 1_500;

    // eng/test --all asks for ten minutes a target; who runs all tests by hand does not wait for hours.
    private static readonly TimeSpan s_longRun =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("MICROMEGAS_FUZZ_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 2);

    // Many times what the samples and their decompressed buffers take; a length read from the input would go beyond at once.
    private const long MaxBytesPerInput = 64 << 20;

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Short(string target)
    {
        (int read, int refused) = Run(target, seed: 20261122, inputs: ShortRun, TimeSpan.MaxValue);

        // Both happen, or the damage is of no use.
        Assert.InRange(read, 10, ShortRun);
        Assert.InRange(refused, 10, ShortRun);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    [Trait("Category", "Slow")]
    public void Long(string target) => Run(target, Random.Shared.Next(), int.MaxValue, s_longRun);

    /// <summary>Inputs by which long runs found errors.</summary>
    [Theory]
    [InlineData("transit objects", 1291576762)]
    public void Found(string target, int seed)
    {
        using FuzzTarget found = FuzzTarget.All[target]();
        found.Prepare();
        Assert.False(found.Run(new Random(seed)));
    }

    private static (int Read, int Refused) Run(string name, int seed, int inputs, TimeSpan limit)
    {
        using FuzzTarget target = FuzzTarget.All[name]();
        target.Prepare();
        int read = 0;
        int refused = 0;
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < inputs && Stopwatch.GetElapsedTime(started) < limit; i++)
        {
            // Each input has its own seed, so that it can be had again alone.
            int own = unchecked((seed * 31) + i);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = target.Run(new Random(own)) ? read++ : refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"target '{name}', seed {own}: {e.Message}", e);
            }

            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MaxBytesPerInput, $"target '{name}', seed {own}: {taken} bytes");
        }

        return (read, refused);
    }
}
