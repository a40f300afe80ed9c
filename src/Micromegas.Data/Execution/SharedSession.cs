using System.Diagnostics.CodeAnalysis;
using Micromegas.Lake;

namespace Micromegas.Data.Execution;

/// <summary>The session that a connection string gave last, while the same source and the same open lake stand behind it.</summary>
internal sealed class SharedSession(LakeSessions source, LakeHost? host, EngineSession session)
{
    // Weak, because settings live as long as the process: a lake that was closed must not be kept by them.
    private readonly WeakReference<LakeHost>? _host = host is null ? null : new(host);
    private readonly WeakReference<EngineSession> _session = new(session);
    private readonly WeakReference<LakeSessions> _source = new(source);

    internal bool TryGet(LakeSessions wantedSource, LakeHost? wantedHost, [NotNullWhen(true)] out EngineSession? session)
    {
        session = null;
        var known = _host is null ? null : _host.TryGetTarget(out var open) ? open : null;
        return ReferenceEquals(known, wantedHost)
            && (_host is null) == (wantedHost is null)
            && _source.TryGetTarget(out var own)
            && ReferenceEquals(own, wantedSource)
            && _session.TryGetTarget(out session);
    }
}
