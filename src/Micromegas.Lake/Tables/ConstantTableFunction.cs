using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;

namespace Micromegas.Lake.Tables;

/// <summary>A table function without arguments.</summary>
internal sealed class ConstantTableFunction(string name, string summary, ITable table) : TableFunction(name)
{
    public override string Summary => summary;

    public override ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken) =>
        arguments.Count + named.Count == 0
            ? ValueTask.FromResult(table)
            : throw new EngineException(SqlState.UndefinedFunction, $"{Name} takes no arguments");
}
