using System.Collections.Concurrent;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// The global views of a lake: those that every lake has, those that programs of this process add (<see cref="LakeExtension"/>), and those that
/// <c>CREATE MATERIALIZED VIEW</c> left in the catalogue, where every process finds them.
/// </summary>
internal sealed class LakeViews(LakeHost lake) : IDisposable
{
    private readonly SemaphoreSlim _changes = new(1);
    private readonly ConcurrentDictionary<string, (string Definition, QueryView View)> _stored = new(StringComparer.Ordinal);
    private volatile Registered _registered = new([], new Dictionary<string, (ViewSpecification, QueryView)>(), null, null);

    /// <summary>What the queries of views may call.</summary>
    public FunctionRegistry Functions => _registered.Functions ?? lake.Functions;

    /// <summary>What the queries of views may name.</summary>
    public ICatalog Tables => _registered.Tables ?? lake.Tables;

    /// <summary>Whether a program's table stands before the view of that name.</summary>
    public bool IsHidden(string name) => _registered.Extensions.Any(e => e.Tables?.TableNames.Contains(name, StringComparer.Ordinal) == true);

    /// <summary>Names of views that need no look into the catalogue.</summary>
    public IEnumerable<string> KnownNames => GlobalViews.BuiltIn.Select(v => v.Definition.Name).Concat(_registered.Views.Keys);

    /// <summary>The view of a name; null when there is none.</summary>
    /// <exception cref="EngineException">Its stored definition does not work here.</exception>
    public async ValueTask<GlobalView?> FindAsync(string name, CancellationToken ct)
    {
        if (GlobalViews.BuiltIn.FirstOrDefault(v => v.Definition.Name == name) is { } builtIn)
        {
            return builtIn;
        }
        if (_registered.Views.TryGetValue(name, out (ViewSpecification Specification, QueryView View) registered))
        {
            return registered.View;
        }
        foreach ((string stored, string definition) in await ListStoredAsync(ct).ConfigureAwait(false))
        {
            if (stored == name)
            {
                return await ResolveAsync(name, definition, ct).ConfigureAwait(false);
            }
        }
        return null;
    }

    /// <summary>All views by update group; a stored definition that does not work here is reported and left out.</summary>
    public async ValueTask<IReadOnlyList<GlobalView>> ListAsync(Action<string, Exception>? failed, CancellationToken ct)
    {
        List<GlobalView> views = [.. GlobalViews.BuiltIn, .. _registered.Views.Values.Select(v => v.View)];
        foreach ((string name, string definition) in await ListStoredAsync(ct).ConfigureAwait(false))
        {
            if (views.Exists(v => v.Definition.Name == name))
            {
                continue;
            }
            try
            {
                views.Add(await ResolveAsync(name, definition, ct).ConfigureAwait(false));
            }
            catch (EngineException e)
            {
                Log.ViewUnusable(lake.Logger, e, name);
                failed?.Invoke(name, e);
            }
        }
        return [.. views.OrderBy(v => v.UpdateGroup ?? int.MaxValue)];
    }

    /// <summary>Names and definitions of the views that the catalogue keeps.</summary>
    public async ValueTask<IReadOnlyList<(string Name, string Definition)>> ListStoredAsync(CancellationToken ct) =>
        [.. (await lake.Catalog.ReadTableAsync(CatalogSchema.Definitions, ct).ConfigureAwait(false))
            .Where(row => (string)row[0]! == StoredView.Kind)
            .Select(row => ((string)row[1]!, (string)row[2]!))
            .OrderBy(row => row.Item1, StringComparer.Ordinal)];

    /// <summary>Adds a program's functions, tables and views; the same object again changes nothing.</summary>
    /// <exception cref="EngineException">A view does not work, or another one has its name (42P07).</exception>
    public async ValueTask RegisterAsync(LakeExtension extension, CancellationToken ct)
    {
        if (_registered.Extensions.Contains(extension))
        {
            return;
        }
        await _changes.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Registered before = _registered;
            if (before.Extensions.Contains(extension))
            {
                return;
            }
            LakeExtension[] extensions = [.. before.Extensions, extension];
            var views = new Dictionary<string, (ViewSpecification, QueryView)>(before.Views, StringComparer.Ordinal);

            // Views may be made of the views before them.
            _registered = new Registered(extensions, views, FunctionsOf(extensions), TablesOf(extensions));
            try
            {
                foreach (ViewSpecification view in extension.Views.OrderBy(v => v.UpdateGroup ?? int.MaxValue))
                {
                    if (views.TryGetValue(view.Name, out (ViewSpecification Specification, QueryView View) known) ? !known.Specification.Equals(view)
                        : ViewCatalog.Find(view.Name) is not null)
                    {
                        throw new EngineException(SqlState.DuplicateTable, $"there is another view '{view.Name}' in the lake");
                    }
                    views = new Dictionary<string, (ViewSpecification, QueryView)>(views, StringComparer.Ordinal)
                    {
                        [view.Name] = (view, await new QueryViewBuilder(lake, view).BuildAsync(isOwn: false, ct).ConfigureAwait(false)),
                    };
                    _registered = _registered with { Views = views };
                }
            }
            catch
            {
                _registered = before;
                throw;
            }
            _stored.Clear();
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Keeps a view in the catalogue, instead of one of the same name where there is one.</summary>
    public async ValueTask StoreAsync(ViewSpecification view, CancellationToken ct) =>
        await lake.Catalog.WriteRowAsync(CatalogSchema.Definitions, [StoredView.Kind, view.Name, StoredView.ToJson(view)], ct).ConfigureAwait(false);

    /// <summary>Removes a view from the catalogue; false when it has none of that name.</summary>
    public ValueTask<bool> RemoveAsync(string name, CancellationToken ct) => lake.Catalog.DeleteRowAsync(CatalogSchema.Definitions, [StoredView.Kind, name], ct);

    public void Dispose() => _changes.Dispose();

    private async ValueTask<QueryView> ResolveAsync(string name, string definition, CancellationToken ct)
    {
        if (_stored.TryGetValue(name, out (string Definition, QueryView View) known) && known.Definition == definition)
        {
            return known.View;
        }
        try
        {
            QueryView view = await new QueryViewBuilder(lake, StoredView.FromJson(name, definition)).BuildAsync(isOwn: true, ct).ConfigureAwait(false);
            _stored[name] = (definition, view);
            return view;
        }
        catch (EngineException e)
        {
            throw new EngineException(e.SqlState, $"the materialized view '{name}' cannot be used: {e.Message}", e) { Hint = e.Hint };
        }
    }

    private FunctionRegistry? FunctionsOf(IReadOnlyList<LakeExtension> extensions) =>
        extensions.Any(e => e.Functions.Count + e.Aggregates.Count > 0)
            ? lake.Functions.With(extensions.SelectMany(e => e.Functions), extensions.SelectMany(e => e.Aggregates))
            : null;

    private ICatalog? TablesOf(IReadOnlyList<LakeExtension> extensions) =>
        extensions.Where(e => e.Tables is not null).Aggregate((ICatalog?)null, (behind, e) => e.Tables!.InFrontOf(behind ?? lake.Tables));

    private sealed record Registered(
        IReadOnlyList<LakeExtension> Extensions, IReadOnlyDictionary<string, (ViewSpecification Specification, QueryView View)> Views,
        FunctionRegistry? Functions, ICatalog? Tables);
}
