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

    private delegate ReadOnlySpan<byte> TextOf(SpanScopes scopes, int scope);

    /// <summary>Appends many rows.</summary>
    public void Append(SpanScopes scopes, ReadOnlySpan<int> rows)
    {
        if (_hash is not null)
        {
            Span<uint> hashes = _hash.Extend(rows.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                hashes[i] = scopes.Hash(rows[i]);
            }
        }
        if (_line is not null)
        {
            Span<uint> lines = _line.Extend(rows.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                lines[i] = scopes.Line(rows[i]);
            }
        }
        Append(_name, scopes, rows, static (scopes, scope) => scopes.Name(scope));
        Append(_target, scopes, rows, static (scopes, scope) => scopes.Target(scope));
        Append(_file, scopes, rows, static (scopes, scope) => scopes.File(scope));
    }

    private static void Append(KeyedDictionary? column, SpanScopes scopes, ReadOnlySpan<int> rows, TextOf text)
    {
        if (column is null)
        {
            return;
        }
        foreach (int scope in rows)
        {
            if (!column.Knows(scope))
            {
                column.Learn(text(scopes, scope), scope);
            }
        }
        column.Append(rows);
    }

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
