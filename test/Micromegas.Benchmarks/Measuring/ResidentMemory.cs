using System.Globalization;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>By how much this process grew at most since the object was made. Linux only: the kernel keeps the figure.</summary>
internal sealed class ResidentMemory
{
    private readonly double before;

    public ResidentMemory()
    {
        if (OperatingSystem.IsLinux())
        {
            before = StatusOf("VmRSS");
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
    }

    /// <summary>Bytes; 0 where the system does not say.</summary>
    public long Growth => OperatingSystem.IsLinux() ? (long)Math.Max(0, StatusOf("VmHWM") - before) : 0;

    private static double StatusOf(string entry)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(entry, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
