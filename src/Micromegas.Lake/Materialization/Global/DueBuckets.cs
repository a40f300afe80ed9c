using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>The hours and days of insert time that are over and in which something came.</summary>
internal static class DueBuckets
{
    /// <summary>Hours first: days are merged from them.</summary>
    public static IReadOnlyList<long> Lengths { get; } = [CatalogTime.NanosecondsPerHour, 24 * CatalogTime.NanosecondsPerHour];

    public static async ValueTask<IReadOnlyList<LakeTimeRange>> ListAsync(LakeHost lake, long length, CancellationToken ct)
    {
        long now = CatalogTime.Now(lake.Options.TimeProvider) - (long)lake.Options.ClosingDelay.TotalNanoseconds;
        IReadOnlyList<HourTotals> hours = await lake.Catalog.SumBlocksPerHourAsync(default, ct).ConfigureAwait(false);
        return [.. hours.Select(h => CatalogTime.FloorTo(h.Hour, length)).Distinct()
            .Select(begin => new LakeTimeRange(begin, begin + length)).Where(bucket => bucket.End <= now)];
    }
}
