using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Views;

/// <summary>The rows that a block gives to a view, column by column; owns their memory.</summary>
/// <param name="Source">The block.</param>
/// <param name="Rows">The columns that were asked for, with all rows of the block at once; null when the block was dropped or gave none.</param>
/// <param name="Times">First and last event time in nanoseconds since 1970 UTC, as the view's rule for its bounds has them; null without rows.</param>
/// <param name="Failure">Why the block was dropped; null when it was not.</param>
/// <param name="Warnings">What was skipped.</param>
internal sealed record DecodedBlock(
    SourceBlock Source, Batch? Rows, LakeTimeRange? Times, string? Failure, IReadOnlyList<string> Warnings) : IDisposable
{
    public int RowCount => Rows?.RowCount ?? 0;

    /// <summary>Native memory held.</summary>
    public long Bytes => Rows?.OwnedBytes ?? 0;

    public void Dispose() => Rows?.DisposeColumns();
}
