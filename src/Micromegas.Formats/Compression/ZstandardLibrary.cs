using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Micromegas.Formats;

/// <summary>The system's libzstd, if it has one: loaded when a frame is first decompressed, never unloaded.</summary>
internal sealed unsafe class ZstandardLibrary
{
    /// <summary>Names by which the systems know version 1 of the library.</summary>
    private static readonly string[] Names = ["libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "libzstd.dll", "zstd.dll"];

    private static readonly Lazy<ZstandardLibrary?> Loaded = new(static () => Load(Names));

    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nuint> decompress;
    private readonly delegate* unmanaged[Cdecl]<nuint, uint> isError;
    private readonly delegate* unmanaged[Cdecl]<nuint, byte*> errorName;

    private ZstandardLibrary(nint decompress, nint isError, nint errorName)
    {
        this.decompress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nuint>)decompress;
        this.isError = (delegate* unmanaged[Cdecl]<nuint, uint>)isError;
        this.errorName = (delegate* unmanaged[Cdecl]<nuint, byte*>)errorName;
    }

    /// <summary>The library; null where there is none.</summary>
    public static ZstandardLibrary? Instance => Loaded.Value;

    /// <summary>The first of the libraries that is there and has what is needed.</summary>
    public static ZstandardLibrary? Load(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle))
            {
                continue;
            }

            if (NativeLibrary.TryGetExport(handle, "ZSTD_decompress", out nint decompress)
                && NativeLibrary.TryGetExport(handle, "ZSTD_isError", out nint isError)
                && NativeLibrary.TryGetExport(handle, "ZSTD_getErrorName", out nint errorName))
            {
                return new ZstandardLibrary(decompress, isError, errorName);
            }

            NativeLibrary.Free(handle);
        }

        return null;
    }

    public int Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // An empty span has a null pointer, which the library need not take.
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = decompress(to == null ? &nothing : to, (nuint)destination.Length, from == null ? &nothing : from, (nuint)source.Length);
            if (isError(result) != 0)
            {
                ThrowCorrupt(result);
            }

            return (int)result;
        }
    }

    [DoesNotReturn]
    private void ThrowCorrupt(nuint error)
    {
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(errorName(error));
        throw new CorruptDataException($"Zstandard: {Encoding.ASCII.GetString(name)}");
    }
}
