using System.Runtime.InteropServices;

namespace Micromegas.DuckDb.Native;

[StructLayout(LayoutKind.Sequential)]
internal struct NativeInterval
{
    public int Months;
    public int Days;
    public long Microseconds;
}
