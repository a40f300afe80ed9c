namespace Micromegas.Storage;

/// <summary>The rules for keys, the same for every store so that an object which one store takes can be copied to any other.</summary>
internal static class ObjectKey
{
    // S3's limit, in bytes; every file system that we know takes as much for a relative path.
    private const int MaximumLength = 1024;

    public static void Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0)
        {
            Throw.InvalidKey(key, "is empty");
        }
        if (key.Length > MaximumLength)
        {
            Throw.InvalidKey(key, $"is longer than {MaximumLength} characters");
        }
        ValidateCharacters(key);
        foreach (Range segment in key.AsSpan().Split('/'))
        {
            ValidateSegment(key, key.AsSpan()[segment]);
        }
    }

    /// <summary>A prefix is the beginning of a key, so its last segment may be incomplete or empty.</summary>
    public static void ValidatePrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ValidateCharacters(prefix);
        int folderEnd = prefix.LastIndexOf('/');
        if (folderEnd >= 0)
        {
            Validate(prefix[..folderEnd]);
        }
    }

    private static void ValidateCharacters(string key)
    {
        foreach (char c in key)
        {
            if (c < ' ' || c is '\\' or ':' or '\x7f')
            {
                Throw.InvalidKey(key, "contains a control character, a backslash or a colon");
            }
        }
    }

    private static void ValidateSegment(string key, ReadOnlySpan<char> segment)
    {
        if (segment.IsEmpty)
        {
            Throw.InvalidKey(key, "has an empty segment");
        }
        if (segment is "." or "..")
        {
            Throw.InvalidKey(key, "has a segment '.' or '..'");
        }
    }
}
