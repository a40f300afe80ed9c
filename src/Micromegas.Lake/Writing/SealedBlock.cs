using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>A closed block on its way to the store.</summary>
internal sealed class SealedBlock(StreamRecord stream, BlockRecord row, BlockWriter events, Action<BlockWriter> release)
{
    private BlockWriter? _events = events;
    private byte[] _payload = [];

    public StreamRecord Stream => stream;

    public BlockRecord Row => row with { PayloadSize = _payload.Length };

    /// <summary>Bytes that it holds in memory.</summary>
    public int Length => _events?.Length ?? _payload.Length;

    /// <summary>Whether the object is in the store, so that only its row is missing.</summary>
    public bool IsPut { get; set; }

    /// <summary>The object's bytes. Attempts to store share them: one may have succeeded without our knowing.</summary>
    public byte[] Payload()
    {
        if (_events is { } events)
        {
            using var payload = new PooledBuffer();
            events.Write(payload);
            _payload = payload.WrittenSpan.ToArray();
            _events = null;
            release(events);
        }
        return _payload;
    }
}
