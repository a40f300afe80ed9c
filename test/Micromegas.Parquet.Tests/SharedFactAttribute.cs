using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>A test on data that some machines have beside the repository; reported as skipped where it is absent.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string path)
    {
        if (!File.Exists(Path.Combine(Repository.Shared, path)))
        {
            Skip = $"../shared/{path} is not there";
        }
    }
}
