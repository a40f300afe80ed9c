using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Statements;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.CustomViews;

/// <summary>Binds the statements that define, refresh and drop materialized views.</summary>
internal sealed class ViewStatements(LakeHost lake, StatementServices services)
{
    private const long MemoryLimit = 1 << 24;

    private readonly ViewOperations _operations = new(lake);

    /// <summary>The work of a statement; null when it is about something else.</summary>
    public async ValueTask<StatementAction?> BindAsync(Statement statement, CancellationToken ct) => statement switch
    {
        CreateViewStatement { Materialized: true } create => await BindAsync(create, ct).ConfigureAwait(false),
        RefreshViewStatement refresh => await BindAsync(refresh, ct).ConfigureAwait(false),
        DropStatement { Kind: DropKind.MaterializedView } drop => await BindAsync(drop, ct).ConfigureAwait(false),
        DropStatement { Kind: DropKind.View or DropKind.Table } drop => await RefuseAsync(drop, ct).ConfigureAwait(false),
        _ => null,
    };

    private async ValueTask<StatementAction> BindAsync(CreateViewStatement create, CancellationToken ct)
    {
        if (create.Temporary)
        {
            throw services.Unsupported(create, "TEMPORARY of a materialized view");
        }
        if (create.OrReplace && create.IfNotExists)
        {
            throw services.Error(create, SqlState.SyntaxError, "OR REPLACE and IF NOT EXISTS exclude each other.");
        }
        string name = NameOf(create.Name);
        bool isStored = await IsStoredAsync(name, ct).ConfigureAwait(false);
        if (isStored || await services.Catalog.FindTableAsync(name, ct).ConfigureAwait(false) is not null)
        {
            if (create.IfNotExists)
            {
                return StatementAction.Of(static () => { });
            }
            if (!isStored || !create.OrReplace)
            {
                throw services.Error(create.Name, SqlState.DuplicateTable, $"{(isStored ? "The materialized view" : "A table or view")} '{name}' exists already.");
            }
        }
        var context = new QueryContext(new EngineOptions { TimeProvider = lake.Options.TimeProvider }, new MemoryBudget(MemoryLimit), ct);
        ViewSpecification view = await new ViewDerivation(lake, services, create).DeriveAsync(name, context, ct).ConfigureAwait(false);
        QueryView built;
        try
        {
            built = await new QueryViewBuilder(lake, view).BuildAsync(isOwn: true, ct).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            throw services.Error(create, e.SqlState, e.Message, e.Hint);
        }
        if (built.Sources.Any(s => IsOrIsMadeOf(s, name)))
        {
            throw services.Error(create, SqlState.InvalidObjectDefinition, $"The view '{name}' would be made of itself.");
        }
        return new Work(async (running, token) =>
        {
            await _operations.DefineAsync(view, built, token).ConfigureAwait(false);
            if (create.WithData == true)
            {
                await _operations.RefreshAsync(built, null, running, token).ConfigureAwait(false);
            }
        });
    }

    private async ValueTask<StatementAction> BindAsync(RefreshViewStatement refresh, CancellationToken ct)
    {
        QueryView view = await lake.Views.FindAsync(NameOf(refresh.Name), ct).ConfigureAwait(false) as QueryView ?? throw Missing(refresh.Name);
        LakeTimeRange? range = refresh is { Begin: { } begin, End: { } end }
            ? new LakeTimeRange(await TimeAsync(begin, ct).ConfigureAwait(false), await TimeAsync(end, ct).ConfigureAwait(false))
            : null;
        return range is { } given && given.Begin >= given.End
            ? throw services.Error(refresh, SqlState.InvalidParameterValue, "the range ends before it begins")
            : new Work((running, token) => _operations.RefreshAsync(view, range, running, token));
    }

    private async ValueTask<StatementAction> BindAsync(DropStatement drop, CancellationToken ct)
    {
        var names = new List<string>();
        foreach (QualifiedName syntax in drop.Names.ToArray())
        {
            string name = NameOf(syntax);
            if (await IsStoredAsync(name, ct).ConfigureAwait(false))
            {
                await CheckUnusedAsync(syntax, name, drop, ct).ConfigureAwait(false);
                names.Add(name);
            }
            else if (await services.Catalog.FindTableAsync(name, ct).ConfigureAwait(false) is not null)
            {
                throw services.Error(syntax, SqlState.WrongObjectType, $"'{name}' was not made by CREATE MATERIALIZED VIEW.");
            }
            else if (!drop.IfExists)
            {
                throw Missing(syntax);
            }
        }
        return StatementAction.Of(async token =>
        {
            foreach (string name in names)
            {
                await _operations.DropAsync(name, token).ConfigureAwait(false);
            }
        });
    }

    private async ValueTask CheckUnusedAsync(QualifiedName syntax, string name, DropStatement drop, CancellationToken ct)
    {
        foreach (GlobalView other in await lake.Views.ListAsync(null, ct).ConfigureAwait(false))
        {
            if (other is QueryView query && query.Sources.Any(s => s.Definition.Name == name) && !drop.Names.Any(n => n.Last.Value == query.Definition.Name))
            {
                throw services.Error(syntax, SqlState.DependentObjects, $"the view '{query.Definition.Name}' is made of '{name}'", "Drop that one first, or both together.");
            }
        }
    }

    /// <summary>DROP VIEW of a view that the lake keeps says what is meant.</summary>
    private async ValueTask<StatementAction?> RefuseAsync(DropStatement drop, CancellationToken ct)
    {
        foreach (QualifiedName syntax in drop.Names.ToArray())
        {
            if (TableName.Of(syntax) is { IsInDefaultSchema: true } name && await IsStoredAsync(name.Name, ct).ConfigureAwait(false))
            {
                throw services.Error(syntax, SqlState.WrongObjectType, $"'{name}' is a materialized view.", "Use DROP MATERIALIZED VIEW.");
            }
        }
        return null;
    }

    private async ValueTask<bool> IsStoredAsync(string name, CancellationToken ct) =>
        (await lake.Views.ListStoredAsync(ct).ConfigureAwait(false)).Any(v => v.Name == name);

    private static bool IsOrIsMadeOf(GlobalView view, string name) =>
        view.Definition.Name == name || (view is QueryView query && query.Sources.Any(s => IsOrIsMadeOf(s, name)));

    private string NameOf(QualifiedName syntax) => TableName.Of(syntax) is { IsInDefaultSchema: true } name
        ? name.Name
        : throw services.Error(syntax, SqlState.UndefinedSchema, "materialized views are in the default schema");

    private EngineException Missing(QualifiedName syntax) =>
        services.Error(syntax, SqlState.UndefinedTable, $"there is no materialized view '{syntax.Last.Value}'");

    /// <summary>A constant time.</summary>
    private async ValueTask<long> TimeAsync(Expression expression, CancellationToken ct)
    {
        var context = new QueryContext(new EngineOptions { TimeProvider = lake.Options.TimeProvider }, new MemoryBudget(MemoryLimit), ct);
        try
        {
            await foreach (Batch batch in LakeStatement.RunAsync(
                new TableCatalog(), context, $"SELECT arrow_cast({SqlPrinter.Print(expression)}, 'Timestamp(Nanosecond, Some(\"+00:00\"))')", TimeRange.All, ct).ConfigureAwait(false))
            {
                if (batch.SelectedCount > 0 && batch.Columns[0].GetValue(0) is long time)
                {
                    return time;
                }
            }
        }
        catch (EngineException e)
        {
            throw services.Error(expression, e.SqlState, e.Message);
        }
        throw services.Error(expression, SqlState.InvalidParameterValue, "the bound of a range must be a time");
    }

    private sealed class Work(Func<QueryContext, CancellationToken, ValueTask> work) : StatementAction
    {
        public override async ValueTask<long?> RunAsync(QueryContext context, CancellationToken cancellationToken)
        {
            await work(context, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }
}
