namespace Micromegas.Formats;

/// <summary>Zstandard frames, decompressed by the system's libzstd: there is no managed decoder, and nothing of ours brings a native one.</summary>
/// <remarks>Format: RFC 8878. Thread-safe.</remarks>
public static class ZstandardFrame
{
    /// <summary>Whether the system has the library.</summary>
    public static bool IsSupported => ZstandardLibrary.Instance is not null;

    /// <summary>Says what to install where <see cref="IsSupported"/> is false.</summary>
    public static string HowToInstall =>
        "Zstandard needs the system's libzstd 1.x: install the package libzstd1 (Debian, Ubuntu), libzstd (Fedora, Alpine) or zstd (Homebrew), "
        + "or put libzstd.dll beside the program (Windows)";

    /// <summary>Decompresses one or more whole frames and returns the number of bytes written.</summary>
    /// <param name="source">The frames.</param>
    /// <param name="destination">At least as long as the decompressed bytes.</param>
    /// <exception cref="CorruptDataException">The frames are malformed, or hold more than the destination takes.</exception>
    /// <exception cref="DllNotFoundException">The system lacks the library; the message says what to install.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination) => Decompress(ZstandardLibrary.Instance, source, destination);

    internal static int Decompress(ZstandardLibrary? library, ReadOnlySpan<byte> source, Span<byte> destination) =>
        (library ?? throw new DllNotFoundException(HowToInstall)).Decompress(source, destination);
}
