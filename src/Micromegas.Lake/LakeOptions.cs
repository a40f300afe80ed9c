using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Micromegas.Lake;

/// <summary>Settings of a lake that is open in this process.</summary>
public sealed record LakeOptions
{
    /// <summary>Bytes of file footers that are kept.</summary>
    public long FooterCacheLimit { get; init; } = 64 << 20;

    /// <summary>
    /// How long after its end a clock hour of insert time counts as closed, so that its partition is written for good. Covers the difference between the clocks
    /// of the writers.
    /// </summary>
    public TimeSpan ClosingDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long files and objects are kept after they were retired or their rows deleted, because running queries may have planned with them. An hour is what
    /// upstream relies on; longer queries need longer.
    /// </summary>
    public TimeSpan RetirementGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where messages go.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock by which insert times are given and hours close.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
