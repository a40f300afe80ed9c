using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>The columns that say where in the code a span is.</summary>
internal sealed class ScopeColumns(EventColumns columns)
{
    private readonly FlatVectorBuilder<uint>? _hash = columns.Flat<uint>("hash");
    private readonly KeyedDictionary? _name = columns.Coded("name");
    private readonly KeyedDictionary? _target = columns.Coded("target");
    private readonly KeyedDictionary? _file = columns.Coded("filename");
    private readonly FlatVectorBuilder<uint>? _line = columns.Flat<uint>("line");

    public void Append(SpanScopes scopes, int scope)
    {
        _hash?.Append(scopes.Hash(scope));
        _line?.Append(scopes.Line(scope));
        if (_name is not null && !_name.TryAppend(scope))
        {
            _name.Append(scopes.Name(scope), scope);
        }
        if (_target is not null && !_target.TryAppend(scope))
        {
            _target.Append(scopes.Target(scope), scope);
        }
        if (_file is not null && !_file.TryAppend(scope))
        {
            _file.Append(scopes.File(scope), scope);
        }
    }
}
