using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// A partition file on its way into the store, of which a copy is kept: when it is committed it goes into the caches, so that who reads it first, as a rule the
/// question for which it was made, does not fetch what was just sent (spec/lakehouse.md §4.6 step 9). Files on the machine's own disks are not kept: the system
/// caches them.
/// </summary>
internal sealed class WrittenFile : IParquetSink
{
    // Partitions are small as a rule (spec/lakehouse.md §11.1 W3); large ones would drive out what others read.
    private const int LargestKept = 8 << 20;
    private const int ShareOfBudget = 16;

    private readonly ObjectUpload _upload;
    private readonly long _capacity;
    private MemoryStream? _kept;

    public WrittenFile(ObjectUpload upload, IObjectStore store, MemoryBudget budget)
    {
        _upload = upload;
        _capacity = Math.Min(LargestKept, budget.Limit / ShareOfBudget);
        _kept = store is DirectoryObjectStore ? null : new MemoryStream();
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (_kept?.Length + bytes.Length > _capacity)
        {
            _kept = null;
        }
        _kept?.Write(bytes.Span);
        return _upload.WriteAsync(bytes, ct);
    }

    /// <summary>Hands the file, which the catalogue names now, to the caches.</summary>
    public async ValueTask WarmAsync(LakeHost lake, QueryContext context)
    {
        if (_kept is null)
        {
            return;
        }
        var copy = new MemoryObjectStore();
        await copy.PutAsync(_upload.Key, _kept.GetBuffer().AsMemory(0, (int)_kept.Length), PutMode.CreateOnly, CancellationToken.None).ConfigureAwait(false);
        ParquetFile file = await ParquetFile.OpenAsync(copy, _upload.Key, _kept.Length, CancellationToken.None).ConfigureAwait(false);
        lake.Footers.Add(file);
        try
        {
            for (int i = 0; i < file.RowGroups.Count && context.Chunks is not null; i++)
            {
                using RowGroupReader reader = file.OpenRowGroup(i, [.. Enumerable.Range(0, file.Schema.Count)], context.Chunks);
                await reader.PrefetchAsync(copy, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (MemoryLimitException)
        {
            // There is no room: readers fetch the rest when they need it.
        }
    }
}
