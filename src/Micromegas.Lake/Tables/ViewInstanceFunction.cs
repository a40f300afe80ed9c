using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary><c>view_instance(view_set, instance)</c>: a view of one process or stream (spec/lakehouse.md §6.6).</summary>
internal sealed class ViewInstanceFunction(LakeHost lake) : TableFunction("view_instance")
{
    public override string Usage => "(view_set, instance)";

    public override string Summary => "A view of one process or stream, made when it is asked for.";

    /// <summary>The columns follow from the view set alone, so the instance may be a column.</summary>
    public override Schema? Describe(IReadOnlyList<Scalar?> arguments) =>
        arguments is [{ } viewSet, _] ? Find(Text(viewSet, "view set")).Schema : null;

    public override async ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (arguments.Count != 2 || named.Count != 0)
        {
            throw new EngineException(SqlState.UndefinedFunction, "view_instance takes a view set and an instance id");
        }
        ViewDefinition view = Find(Text(arguments[0], "view set"));
        string instance = Text(arguments[1], "instance id");
        if (instance == ViewTable.Global)
        {
            return view.HasGlobal
                ? new ViewTable(lake, view, ViewTable.Global)
                : throw new EngineException(SqlState.UndefinedTable, $"view set '{view.Name}' has no global instance");
        }
        if (!Guid.TryParse(instance, out Guid id))
        {
            throw new EngineException(SqlState.InvalidParameterValue, $"'{instance}' is not a {(view.Instances == ViewInstanceKind.Stream ? "stream" : "process")} id");
        }

        if (view == ThreadSpansView.Definition
            && await lake.Catalog.FindStreamAsync(id, cancellationToken).ConfigureAwait(false) is null
            && await lake.Catalog.FindProcessAsync(id, cancellationToken).ConfigureAwait(false) is not null)
        {
            // Beyond upstream: a process stands for all of its threads.
            return new ProcessSpansTable(lake, id, SpanKinds.Thread, withThread: false);
        }

        // Always the canonical form: another spelling would make a second set of partitions (spec/lakehouse.md §0.1 rule 8).
        return new ViewTable(lake, view, id.ToString("D"));
    }

    private static ViewDefinition Find(string viewSet)
    {
        ViewDefinition? view = ViewCatalog.Find(viewSet);
        if (view is not null && view.Instances != ViewInstanceKind.None)
        {
            return view;
        }
        string known = string.Join(", ", ViewCatalog.All.Where(v => v.Instances != ViewInstanceKind.None).Select(v => v.Name).Order(StringComparer.Ordinal));
        throw new EngineException(SqlState.UndefinedTable, $"view set '{viewSet}' has no instances") { Hint = $"View sets with instances: {known}." };
    }

    private static string Text(Scalar argument, string what) => argument.Value is string text
        ? text
        : throw new EngineException(SqlState.DatatypeMismatch, $"the {what} of view_instance must be a text");
}
