using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>What an aggregation computes; shared by all its parts.</summary>
internal sealed class AggregateSpec
{
    private readonly Lazy<RowLayout>[] rows;

    public AggregateSpec(LogicalAggregate aggregate, IReadOnlyList<PlanColumn> input, QueryContext context, OperatorStatistics statistics)
    {
        Aggregate = aggregate;
        Input = input;
        Context = context;
        Statistics = statistics;
        Sets = aggregate.GroupingSets ?? [[.. Enumerable.Range(0, aggregate.Keys.Count)]];
        rows = [.. Enumerable.Range(0, Sets.Count).Select(set => new Lazy<RowLayout>(() => new RowLayout(aggregate.Aggregates, KeyTypes(set), StateTypes())))];
        Schema = new Schema(aggregate.Columns.Select(static column => column.ToField()).ToArray());
    }

    public LogicalAggregate Aggregate { get; }

    /// <summary>The columns that expressions are compiled against.</summary>
    public IReadOnlyList<PlanColumn> Input { get; }

    public QueryContext Context { get; }

    public OperatorStatistics Statistics { get; }

    /// <summary>Ordinals of the keys of each grouping set; one set of all keys unless the statement says otherwise.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sets { get; }

    public Schema Schema { get; }

    /// <summary>Columns of the result whose values are looked at, of others at most whether they are null; null = all.</summary>
    public IReadOnlySet<PlanColumn>? Wanted { get; init; }

    /// <summary>Whether the values of a key are looked at.</summary>
    public bool IsWanted(int key) => Wanted is null || Wanted.Contains(Aggregate.Keys[key].Column);

    public IEnumerable<DataType> KeyTypes(int set) => Sets[set].Select(key => Aggregate.Keys[key].Column.Type);

    /// <summary>The columns of rows of a set that are kept before they are grouped.</summary>
    public RowLayout Rows(int set) => rows[set].Value;

    /// <summary>The grouping id of a set: a bit a key that is left out, key 0 the highest (spec of <see cref="LogicalAggregate"/>).</summary>
    public long GroupingId(int set)
    {
        var id = 0L;
        for (var key = 0; key < Aggregate.Keys.Count; key++)
        {
            id = (id << 1) | (Sets[set].Contains(key) ? 0L : 1L);
        }
        return id;
    }

    /// <summary>Whether the rows of a call must be kept until all are there: DISTINCT, or ORDER BY where the order matters.</summary>
    public static bool IsDeferred(AggregateCall call) =>
        (call.Distinct && !call.Function.IgnoresDuplicates) || IsOrdered(call);

    public static bool IsOrdered(AggregateCall call) => call.OrderBy.Count > 0 && call.Function.IsOrderSensitive;

    /// <summary>Types of the state of all calls.</summary>
    private List<DataType> StateTypes()
    {
        var accumulators = AccumulatorSet.Create(Aggregate.Aggregates, Sets.Any(static set => set.Count > 0), Context);
        List<DataType> types = [.. accumulators.SelectMany(static accumulator => accumulator.StateTypes)];
        foreach (var accumulator in accumulators)
        {
            accumulator.Dispose();
        }
        return types;
    }
}
