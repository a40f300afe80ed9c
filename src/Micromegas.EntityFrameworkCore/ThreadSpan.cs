using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view set <c>thread_spans</c>: one call on a thread. Ask for it by stream: <c>context.ViewInstance&lt;ThreadSpan&gt;(streamId)</c>.</summary>
public sealed class ThreadSpan
{
    /// <summary>The number of the span in its stream.</summary>
    public long Id { get; init; }

    /// <summary>The number of the span around it.</summary>
    public long Parent { get; init; }

    /// <summary>How many spans lie around it.</summary>
    public uint Depth { get; init; }

    /// <summary>The hash of name, target and place.</summary>
    public uint Hash { get; init; }

    /// <summary>When it began.</summary>
    public NanoTimestamp Begin { get; init; }

    /// <summary>When it ended.</summary>
    public NanoTimestamp End { get; init; }

    /// <summary>Its length in nanoseconds.</summary>
    public long Duration { get; init; }

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The part of the program.</summary>
    public string Target { get; init; } = "";

    /// <summary>The source file.</summary>
    public string Filename { get; init; } = "";

    /// <summary>The line in it.</summary>
    public uint Line { get; init; }
}
