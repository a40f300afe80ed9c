namespace Micromegas.Lake;

/// <summary>Who else works on a lake (design.md §3).</summary>
public enum LakeSharing
{
    /// <summary>Upstream services may use it at the same time: they maintain the global views, and files keep upstream's profile.</summary>
    Shared,

    /// <summary>Only this library uses it.</summary>
    Exclusive,
}
