namespace Micromegas.Lake;

/// <summary>
/// The newest partitions of a view in a shared lake are of another version than the one this library writes; writing beside them would make two maintainers replace
/// each other's partitions for ever (spec/lakehouse.md §0.1 rule 7, §3.2).
/// </summary>
public sealed class ForeignSchemaException : LakeException
{
    /// <summary>Creates the exception.</summary>
    public ForeignSchemaException(string viewSet, ReadOnlyMemory<byte> found, ReadOnlyMemory<byte> expected)
        : base(
            "55000",
            $"view '{viewSet}' of this shared lake is maintained in another version: its newest partition has the schema hash {Convert.ToHexStringLower(found.Span)}, "
            + $"this library writes {Convert.ToHexStringLower(expected.Span)}")
    {
        ViewSet = viewSet;
        Found = found;
        Expected = expected;
    }

    /// <summary>The view set.</summary>
    public string ViewSet { get; }

    /// <summary>The schema hash of the newest partition.</summary>
    public ReadOnlyMemory<byte> Found { get; }

    /// <summary>The one of this library's partitions.</summary>
    public ReadOnlyMemory<byte> Expected { get; }
}
