using System.Collections.Frozen;

namespace Micromegas.Engine.Functions;

/// <summary>The scalar and aggregate functions that statements can call. Immutable: adding makes a new registry.</summary>
public sealed class FunctionRegistry
{
    private readonly FrozenDictionary<string, ScalarFunction> scalars;
    private readonly FrozenDictionary<string, AggregateFunction> aggregates;

    private FunctionRegistry(IEnumerable<ScalarFunction> scalarFunctions, IEnumerable<AggregateFunction> aggregateFunctions)
    {
        ScalarFunctions = [.. scalarFunctions];
        AggregateFunctions = [.. aggregateFunctions];
        var scalarNames = new Dictionary<string, ScalarFunction>(StringComparer.Ordinal);
        foreach (var function in ScalarFunctions)
        {
            foreach (var name in function.Aliases.Prepend(function.Name))
            {
                scalarNames[name] = function;
            }
        }
        var aggregateNames = new Dictionary<string, AggregateFunction>(StringComparer.Ordinal);
        foreach (var function in AggregateFunctions)
        {
            foreach (var name in function.Aliases.Prepend(function.Name))
            {
                aggregateNames[name] = function;
            }
        }
        scalars = scalarNames.ToFrozenDictionary(StringComparer.Ordinal);
        aggregates = aggregateNames.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The functions that come with the engine.</summary>
    public static FunctionRegistry BuiltIn { get; } = new(BuiltInFunctions.Scalars(), BuiltInFunctions.Aggregates());

    /// <summary>Every scalar function once, operators included.</summary>
    public IReadOnlyList<ScalarFunction> ScalarFunctions { get; }

    /// <summary>Every aggregate function once.</summary>
    public IReadOnlyList<AggregateFunction> AggregateFunctions { get; }

    /// <summary>Names and aliases of the aggregate functions.</summary>
    public IEnumerable<string> AggregateNames => aggregates.Keys;

    /// <summary>The scalar function of a name or alias in lower case, an operator by its sign; null when there is none.</summary>
    public ScalarFunction? FindScalar(string name) => scalars.GetValueOrDefault(name);

    /// <summary>The aggregate function of a name or alias in lower case; null when there is none.</summary>
    public AggregateFunction? FindAggregate(string name) => aggregates.GetValueOrDefault(name);

    /// <summary>Whether a name or alias in lower case is that of an aggregate, or of an expression of aggregates.</summary>
    public bool IsAggregate(string name) => FindAggregate(name) is not null || SqlMacros.Named(name).Any(static macro => macro.IsAggregate);

    /// <summary>Everything that a statement can call by name, aliases and the binder's own forms included, operators not.</summary>
    internal IEnumerable<Routine> Routines() =>
    [
        .. scalars.Where(static entry => char.IsAsciiLetter(entry.Key[0])).Select(static entry =>
            new Routine(entry.Key, RoutineKind.Scalar, entry.Value.Usage, entry.Value.Summary) { Deterministic = entry.Value.Volatility == Volatility.Immutable }),
        .. aggregates.Select(static entry => new Routine(entry.Key, RoutineKind.Aggregate, entry.Value.Usage, entry.Value.Summary)),
        .. SpecialForms.All,
        .. SqlMacros.All.Where(macro => !scalars.ContainsKey(macro.Name) && !aggregates.ContainsKey(macro.Name)).DistinctBy(static macro => macro.Name).Select(
            static macro => new Routine(macro.Name, macro.IsAggregate ? RoutineKind.Aggregate : RoutineKind.Scalar, macro.Usage, macro.Summary)),
    ];

    /// <summary>This registry and more functions; they take precedence over those of the same name.</summary>
    public FunctionRegistry With(IEnumerable<ScalarFunction> scalarFunctions, IEnumerable<AggregateFunction>? aggregateFunctions = null) =>
        new(ScalarFunctions.Concat(scalarFunctions), AggregateFunctions.Concat(aggregateFunctions ?? []));
}
