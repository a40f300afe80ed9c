using System.Runtime.InteropServices;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>The processor time of all threads of this process. A busy machine stretches what a clock shows much more than this.</summary>
internal static partial class ProcessorTime
{
    private const int ProcessClock = 2;

    /// <summary>Milliseconds since the start of the process.</summary>
    public static double Milliseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return Environment.CpuUsage.TotalTime.TotalMilliseconds;
            }
            // Nanoseconds; what the framework gives on Linux comes in ticks of a hundredth of a second.
            return GetTime(ProcessClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : throw new InvalidOperationException("The process has no clock.");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
