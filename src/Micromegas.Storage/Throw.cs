using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Storage;

/// <summary>The errors of this room.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static void InvalidKey(string key, string reason) => throw new ArgumentException($"object key '{key}' {reason}", nameof(key));

    [DoesNotReturn]
    public static void RangesAndBuffersDiffer() =>
        throw new ArgumentException("every range needs a buffer of exactly its length, and a range must not be negative");

    [DoesNotReturn]
    public static void UploadCompleted(string key) => throw new InvalidOperationException($"the upload of '{key}' was completed already");

    public static ObjectStoreException BeyondEnd(string key, ByteRange range, long size) =>
        new(key, $"object '{key}' has {size} bytes; the range {range.Offset}..{range.End} ends beyond it");

    public static ObjectStoreException TooLarge(string key, long size, int maximumSize) =>
        new(key, $"object '{key}' has {size} bytes, more than the {maximumSize} that can be read at once");

    public static ObjectStoreException Failed(string key, string what, Exception cause) => new(key, $"cannot {what} object '{key}': {cause.Message}", cause);
}
