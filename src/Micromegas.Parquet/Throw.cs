using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Parquet;

/// <summary>Decoders know no place in the file: whoever calls them adds it (<see cref="ParquetException.At"/>).</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void Corrupt(string reason) => throw new ParquetException(reason);

    [DoesNotReturn]
    public static void Unsupported(string what) => throw new ParquetUnsupportedException(what);
}
