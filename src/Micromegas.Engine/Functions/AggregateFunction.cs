using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary>A function of all rows of a group. Instances are shared and without state.</summary>
public abstract class AggregateFunction
{
    protected AggregateFunction(string name, params string[] aliases)
    {
        Name = name;
        Aliases = aliases;
    }

    public string Name { get; }

    public IReadOnlyList<string> Aliases { get; }

    /// <summary>Arguments as documentation shows them.</summary>
    public virtual string Usage => "(x)";

    /// <summary>One sentence for the documentation.</summary>
    public virtual string Summary => "";

    /// <summary>Whether the result depends on the order of the rows (then ORDER BY in the call matters).</summary>
    public virtual bool IsOrderSensitive => false;

    /// <summary>Whether DISTINCT changes nothing (min, max, bool_and …).</summary>
    public virtual bool IgnoresDuplicates => false;

    /// <summary>Whether rows whose first argument is null are skipped (all but count(*), array_agg, first_value …).</summary>
    public virtual bool SkipsNulls => true;

    /// <summary>The argument, behind the values, that says a share of the ordered rows: a descending order asks for its complement.</summary>
    public virtual int? ShareOrdinal => null;

    /// <summary>Chooses types for a call.</summary>
    /// <exception cref="EngineException">No form of the function takes such arguments.</exception>
    public abstract FunctionSignature Resolve(FunctionArguments arguments);

    /// <summary>An accumulator without groups, for one worker.</summary>
    public abstract Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context);
}
