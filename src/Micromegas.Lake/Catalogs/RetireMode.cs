namespace Micromegas.Lake.Catalogs;

/// <summary>Which partitions of the same instance give way to a new one (spec/lakehouse.md §4.6).</summary>
internal enum RetireMode
{
    /// <summary>Those inside the new range; for a single instant, those of exactly this instant.</summary>
    Containment,

    /// <summary>Those that touch it, but for ranges that the same run has handled already.</summary>
    Overlap,
}
