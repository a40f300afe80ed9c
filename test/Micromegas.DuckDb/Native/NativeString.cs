using System.Runtime.InteropServices;

namespace Micromegas.DuckDb.Native;

/// <summary>Text or bytes: up to twelve lie in the value itself, longer ones behind a pointer after a prefix of four.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeString
{
    private const uint Inlined = 12;

    private uint length;
    private fixed byte inline[4];
    private byte* pointer;

    public static ReadOnlySpan<byte> Read(NativeString* value) =>
        new(value->length <= Inlined ? value->inline : value->pointer, checked((int)value->length));
}
