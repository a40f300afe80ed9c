using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Makes the accumulators of an aggregation's calls; calls over the same numbers share their state.</summary>
internal static class AccumulatorSet
{
    /// <param name="calls">The calls.</param>
    /// <param name="mayShare">Whether sharing pays: there are groups.</param>
    /// <param name="context">The statement.</param>
    public static Accumulator[] Create(IReadOnlyList<AggregateCall> calls, bool mayShare, QueryContext context)
    {
        Accumulator[] accumulators = [.. calls.Select(call => LocatedAccumulator.Create(call.Function, call.Signature, call.FunctionArguments, call.Place, context))];
        if (!mayShare)
        {
            return Locate(accumulators, calls);
        }
        var alike = Enumerable.Range(0, calls.Count)
            .Where(i => calls[i] is { Filter: null, Arguments: [BoundColumn] } && !AggregateSpec.IsDeferred(calls[i]) && FusedAccumulator.PartOf(accumulators[i]) is not (null or FusedPart.Rows))
            .GroupBy(i => ((BoundColumn)calls[i].Arguments[0]).Column);
        // count(*) goes along with a sum or average: such a state knows how many rows it has seen. With extremes alone rows may stand for several (Accumulator.UpdateCounted).
        int[] rows = [.. Enumerable.Range(0, calls.Count).Where(i => calls[i] is { Filter: null, Arguments: [], Distinct: false } && accumulators[i] is CountAccumulator)];
        foreach (var group in alike)
        {
            var adds = group.Any(i => FusedAccumulator.PartOf(accumulators[i]) is FusedPart.Sum or FusedPart.Average);
            if (group.Count() > 1 || (adds && rows.Length > 0) || FusedAccumulator.PartOf(accumulators[group.First()]) == FusedPart.Average)
            {
                Share(accumulators, adds ? [.. group, .. rows] : [.. group]);
                rows = adds ? [] : rows;
            }
        }
        return Locate(accumulators, calls);
    }

    private static Accumulator[] Locate(Accumulator[] accumulators, IReadOnlyList<AggregateCall> calls)
    {
        for (var i = 0; i < accumulators.Length; i++)
        {
            accumulators[i] = LocatedAccumulator.Of(accumulators[i], calls[i].Function, calls[i].Signature, calls[i].Place);
        }
        return accumulators;
    }

    private static void Share(Accumulator[] accumulators, int[] members)
    {
        var parts = Array.ConvertAll(members, member => FusedAccumulator.PartOf(accumulators[member])!.Value);
        var shared = new FusedDoubles(parts.Any(static part => part is FusedPart.Minimum or FusedPart.Maximum), parts.Contains(FusedPart.Rows));
        // An average brings the count with its sum.
        var sum = Array.IndexOf(parts, FusedPart.Average);
        var rows = Array.IndexOf(parts, FusedPart.Rows);
        var count = sum < 0 ? rows : sum;
        sum = sum < 0 ? Array.IndexOf(parts, FusedPart.Sum) : sum;
        for (var i = 0; i < members.Length; i++)
        {
            accumulators[members[i]].Dispose();
            accumulators[members[i]] = new FusedAccumulator(shared, parts[i], i == 0, i == sum, i == count, i == rows);
        }
    }
}
