namespace Micromegas.Columnar;

/// <summary>The greatest value that several threads have seen.</summary>
internal static class Maximum
{
    public static void Raise(ref long maximum, long value)
    {
        long seen;
        while (value > (seen = Volatile.Read(ref maximum)) && Interlocked.CompareExchange(ref maximum, value, seen) != seen)
        {
        }
    }
}
