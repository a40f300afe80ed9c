using System.Text.RegularExpressions;

namespace Micromegas.Golden.Comparison;

/// <summary>
/// How near a number must come. The files allow floating-point results 1e-9 relative, except those of exact functions and casts, and
/// <c>approx_*</c> functions their documented error; so a statement is exact unless it calls a function whose last digits depend on the order
/// of additions or on the mathematical library.
/// </summary>
internal readonly partial record struct Tolerance(double Relative, bool Integers)
{
    /// <summary>Every bit must agree; not-a-number equals itself and zero keeps its sign.</summary>
    public static Tolerance Exact { get; } = new(0, false);

    /// <summary>The tolerance that a statement deserves.</summary>
    public static Tolerance For(string sql) =>
        Approximate().IsMatch(sql) ? new(0.02, true)
        : Inexact().IsMatch(sql) ? new(1e-9, false)
        : Exact;

    public bool Accepts(Int128 expected, Int128 actual) => expected == actual || (Integers && Near((double)expected, (double)actual));

    public bool Accepts(double expected, double actual)
    {
        if (BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual) || (double.IsNaN(expected) && double.IsNaN(actual)))
        {
            return true;
        }

        return Relative > 0 && Near(expected, actual);
    }

    private bool Near(double expected, double actual) =>
        expected == actual || (double.IsFinite(expected) && double.IsFinite(actual) && Math.Abs(expected - actual) <= Relative * Math.Max(Math.Abs(expected), Math.Abs(actual)));

    [GeneratedRegex(@"\bapprox_\w+\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Approximate();

    [GeneratedRegex(
        @"\b(sum|avg|mean|stddev\w*|var\w*|corr|covar\w*|regr_\w+|median|percentile_cont|quantile\w*|\w*histogram\w*|variance_\w+|sum_from_\w+|
            exp|ln|log|log2|log10|pow|power|cbrt|sin|cos|tan|cot|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|degrees|radians|pi|gamma|lgamma)\s*\(",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Inexact();
}
