namespace Micromegas.Telemetry;

/// <summary>Where rows of <c>thread_spans</c> go, column by column (see <see cref="ThreadSpan"/>). All are as long as the rows that are asked for.</summary>
public readonly ref struct ThreadSpanColumns
{
    /// <summary>Numbers of the begin events; empty when they are not wanted.</summary>
    public Span<long> Ids { get; init; }

    /// <summary>Ids of the spans around; empty when they are not wanted.</summary>
    public Span<long> Parents { get; init; }

    /// <summary>Depths; empty when they are not wanted.</summary>
    public Span<uint> Depths { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public required Span<long> Begins { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public required Span<long> Ends { get; init; }

    /// <summary>Scopes in the decoder's <see cref="SpanScopes"/>.</summary>
    public required Span<int> Scopes { get; init; }
}
