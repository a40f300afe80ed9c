using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Micromegas.Data.Diagnostics;

/// <summary>
/// The activity source and the meter, both named <c>Micromegas.Data</c>. Names, units and attributes follow OpenTelemetry's semantic conventions for database
/// clients (1.33) where these have one; the others begin with <c>micromegas</c>.
/// </summary>
internal static class Instruments
{
    internal const string Name = "Micromegas.Data";

    private static readonly Meter Meter = new(Name, LibraryVersion.Text);

    internal static ActivitySource Activities { get; } = new(Name, LibraryVersion.Text);

    internal static Histogram<double> Duration { get; } = Meter.CreateHistogram(
        "db.client.operation.duration",
        "s",
        "Duration of commands, from execution to the end of the reader.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] });

    internal static Histogram<long> ReturnedRows { get; } = Meter.CreateHistogram(
        "db.client.response.returned_rows",
        "{row}",
        "Rows that commands returned.",
        tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] });

    internal static UpDownCounter<long> ActiveCommands { get; } = Meter.CreateUpDownCounter<long>("micromegas.commands.active", "{command}", "Commands that run or whose reader is open.");

    internal static Counter<long> BytesRead { get; } = Meter.CreateCounter<long>("micromegas.io.read", "By", "Bytes read from the object store and from files.");

    internal static Counter<long> BlocksDecoded { get; } = Meter.CreateCounter<long>("micromegas.blocks.decoded", "{block}", "Blocks of raw telemetry decoded.");

    internal static Counter<long> SpilledBytes { get; } = Meter.CreateCounter<long>("micromegas.spill.written", "By", "Bytes written to temporary files for want of memory.");

    internal static Counter<long> CacheHits { get; } = Meter.CreateCounter<long>("micromegas.cache.hits", "{read}", "Reads that a cache answered.");

    internal static bool AnyEnabled => Duration.Enabled || ReturnedRows.Enabled || ActiveCommands.Enabled || BytesRead.Enabled || BlocksDecoded.Enabled || SpilledBytes.Enabled || CacheHits.Enabled;
}
