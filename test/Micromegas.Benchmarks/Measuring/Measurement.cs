using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>What the rounds of one statement came to.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Ours">Our best time, milliseconds; not a number when the statement failed.</param>
/// <param name="DuckDb">DuckDB's best time, milliseconds.</param>
/// <param name="Problem">Why there is no comparison: our error or the first difference.</param>
internal sealed record Measurement(BenchmarkStatement Statement, double Ours, double DuckDb, string? Problem = null)
{
    /// <summary>DuckDB's time / ours, the median of the rounds: above one we are faster.</summary>
    public double Ratio { get; init; } = DuckDb / Ours;

    /// <summary>The same of processor time, which a busy machine disturbs less.</summary>
    public double ProcessorRatio { get; init; } = double.NaN;
}
