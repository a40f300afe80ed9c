using Micromegas.Testing;

namespace Micromegas.Conformance;

/// <summary>A test on the data beside the repository, reported as skipped where that folder is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] parts)
    {
        var path = Path.Combine([Repository.Shared, .. parts]);
        if (!Path.Exists(path))
        {
            Skip = $"../shared/{string.Join('/', parts)} is not there";
        }
    }
}
