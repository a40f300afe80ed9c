using System.Runtime.CompilerServices;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Storage;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Materialization;

/// <summary>A block and the way to its bytes.</summary>
internal sealed class BlockPayload(IObjectStore store, SourceBlock source)
{
    // The types of a stream's events are parsed once for all of its blocks that a statement reads.
    private static readonly ConditionalWeakTable<StreamRecord, StreamDescription> s_streams = [];

    public SourceBlock Source => source;

    /// <summary>The stored bytes; null when the object is missing, which loses this block's rows only (spec/data-lake.md §4.9).</summary>
    public async ValueTask<byte[]?> FetchAsync(CancellationToken ct)
    {
        try
        {
            return await store.ReadAllAsync(source.Block.ObjectKey, ct).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }

    public DecodedBlock Decode(BlockDecoder decoder, byte[]? bytes)
    {
        if (bytes is null)
        {
            return new DecodedBlock(source, null, null, $"its object '{source.Block.ObjectKey}' is missing", []);
        }
        return decoder.Decode(source, DescriptionOf(source.Stream), bytes);
    }

    public static StreamDescription DescriptionOf(StreamRecord stream) =>
        s_streams.GetValue(stream, static s => new StreamDescription(s.Format, s.DependenciesMetadata, s.ObjectsMetadata));
}
