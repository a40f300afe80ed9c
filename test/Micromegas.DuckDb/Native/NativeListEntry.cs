using System.Runtime.InteropServices;

namespace Micromegas.DuckDb.Native;

/// <summary>Where a list's items lie in the child vector.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeListEntry
{
    public ulong Offset;
    public ulong Length;
}
