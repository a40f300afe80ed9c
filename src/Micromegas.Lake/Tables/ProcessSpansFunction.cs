using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;

namespace Micromegas.Lake.Tables;

/// <summary><c>process_spans(process, kind)</c>: the spans of all threads of a process (spec/sql.md §1.7).</summary>
internal sealed class ProcessSpansFunction(LakeHost lake) : TableFunction("process_spans")
{
    public override string Usage => "(process, 'thread' | 'async' | 'both')";

    public override string Summary => "The spans of all threads of a process, its asynchronous spans, or both.";

    public override Schema? Describe(IReadOnlyList<Scalar?> arguments) => arguments.Count == 2 ? ProcessSpansTable.WithThread : null;

    public override ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (arguments.Count > 2 || named.Count != 0)
        {
            throw new EngineException(SqlState.UndefinedFunction, "process_spans takes a process id and a kind of spans");
        }
        Guid process = SpanArguments.Process(Name, arguments.ElementAtOrDefault(0));
        return ValueTask.FromResult<ITable>(new ProcessSpansTable(lake, process, SpanArguments.Kinds(Name, arguments.ElementAtOrDefault(1)), withThread: true));
    }
}
