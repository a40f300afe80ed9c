namespace Micromegas.Benchmarks.Engines;

/// <summary>An engine over the benchmark's tables.</summary>
internal interface IBenchmarkEngine : IDisposable
{
    /// <summary>Answers a statement completely and walks over its rows without turning values into objects.</summary>
    /// <returns>The number of rows.</returns>
    long Run(string sql);

    /// <summary>
    /// The rows for comparison: integers as <see cref="Int128"/>, timestamps as nanoseconds since the epoch in whole microseconds, floating-point numbers as
    /// <see cref="double"/>, text as <see cref="string"/>.
    /// </summary>
    IReadOnlyList<object?[]> Rows(string sql);
}
