using Micromegas.Data;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;

namespace Microsoft.EntityFrameworkCore;

/// <summary>SQL functions of telemetry lakes for use in LINQ queries, through <see cref="EF.Functions"/>.</summary>
public static class MicromegasDbFunctionsExtensions
{
    /// <summary><c>ILIKE</c>: matches without regard to case; <c>%</c> and <c>_</c> are wildcards, the backslash escapes.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="pattern">The pattern.</param>
    public static bool ILike(this DbFunctions _, string? text, string? pattern) => throw Untranslated(nameof(ILike));

    /// <summary><c>date_bin</c>: the start of the bin of an interval that holds an instant; months are allowed.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="stride">The length of a bin.</param>
    /// <param name="time">The instant.</param>
    public static NanoTimestamp DateBin(this DbFunctions _, MicromegasInterval stride, NanoTimestamp time) => throw Untranslated(nameof(DateBin));

    /// <summary><c>date_trunc</c>: the start of the <c>second</c>, <c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c>, <c>month</c>, <c>quarter</c> or <c>year</c>.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="part">The part; a constant.</param>
    /// <param name="time">The instant.</param>
    public static NanoTimestamp DateTrunc(this DbFunctions _, string part, NanoTimestamp time) => throw Untranslated(nameof(DateTrunc));

    /// <summary><c>property_get</c>: a property, found without regard to ASCII case; null when there is none.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="properties">The property set.</param>
    /// <param name="key">The key.</param>
    public static string? PropertyGet(this DbFunctions _, IReadOnlyDictionary<string, string> properties, string key) => throw Untranslated(nameof(PropertyGet));

    /// <summary><c>median</c>: the exact median of a group.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="values">The values of the group.</param>
    public static double? Median(this DbFunctions _, IEnumerable<double> values) => throw Untranslated(nameof(Median));

    /// <summary><c>approx_percentile_cont</c>: a percentile of a group, estimated by t-digest.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="values">The values of the group.</param>
    /// <param name="percentile">From 0 to 1; a constant.</param>
    public static double? ApproxPercentile(this DbFunctions _, IEnumerable<double> values, double percentile) => throw Untranslated(nameof(ApproxPercentile));

    /// <summary><c>stddev</c>: the sample standard deviation of a group; null for one value.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="values">The values of the group.</param>
    public static double? StandardDeviation(this DbFunctions _, IEnumerable<double> values) => throw Untranslated(nameof(StandardDeviation));

    /// <summary><c>var</c>: the sample variance of a group; null for one value.</summary>
    /// <param name="_">Always <see cref="EF.Functions"/>.</param>
    /// <param name="values">The values of the group.</param>
    public static double? Variance(this DbFunctions _, IEnumerable<double> values) => throw Untranslated(nameof(Variance));

    private static InvalidOperationException Untranslated(string function)
        => new(CoreStrings.FunctionOnClient(function));
}
