using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary>
/// A function that stands in FROM and gives a table. Arguments are constants (after folding, with parameters filled in), or columns of the tables on its left
/// where <see cref="Describe"/> can do without their values; <c>unnest</c> and other functions of lists are plan nodes of their own.
/// </summary>
public abstract class TableFunction
{
    protected TableFunction(string name) => Name = name;

    public string Name { get; }

    /// <summary>Arguments as documentation shows them.</summary>
    public virtual string Usage => "()";

    /// <summary>One sentence for the documentation.</summary>
    public virtual string Summary => "";

    /// <summary>
    /// The columns for arguments of which some are known when the statement runs only (null here). Then <see cref="BindAsync"/> is called for every combination of
    /// values, while the statement runs.
    /// </summary>
    /// <returns><see langword="null"/> when all arguments must be constants.</returns>
    /// <exception cref="EngineException">The known arguments are wrong.</exception>
    public virtual Schema? Describe(IReadOnlyList<Scalar?> arguments) => null;

    /// <summary>The table for these arguments. Must not decode data: a plan may only be explained.</summary>
    /// <param name="arguments">Values in order; named ones are in <paramref name="named"/>.</param>
    /// <param name="named">Arguments given as <c>name => value</c>.</param>
    /// <param name="context">The statement that asks; its <see cref="QueryContext.Range"/> is the query range.</param>
    /// <param name="cancellationToken">Ends a look-up in the catalogue.</param>
    public abstract ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken);
}
