namespace Micromegas.Lake;

/// <summary>The catalogue has another version than the one this library knows (spec/lakehouse.md §0.1 rule 2).</summary>
public sealed class LakeVersionException : LakeException
{
    /// <summary>Creates the exception.</summary>
    public LakeVersionException(string table, long? found, int expected)
        : base("0A000", found > expected
            ? $"the lake's catalogue is newer than this library: table '{table}' says version {found}, known is {expected}"
            : $"the lake's catalogue has an unsupported version: table '{table}' says {found?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}, expected is {expected}")
    {
        Found = found;
        Expected = expected;
    }

    /// <summary>The version that was read, null when the table is empty.</summary>
    public long? Found { get; }

    /// <summary>The version that this library reads and writes.</summary>
    public int Expected { get; }
}
