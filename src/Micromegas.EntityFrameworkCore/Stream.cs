using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view <c>streams</c>: one sequence of blocks of a process.</summary>
public sealed class Stream
{
    /// <summary>The identity of the stream.</summary>
    public string StreamId { get; init; } = "";

    /// <summary>The process that writes it.</summary>
    public string ProcessId { get; init; } = "";

    /// <summary>The types of the objects that blocks refer to (CBOR).</summary>
    public byte[] DependenciesMetadata { get; init; } = [];

    /// <summary>The types of the events (CBOR).</summary>
    public byte[] ObjectsMetadata { get; init; } = [];

    /// <summary>What the stream carries, such as <c>log</c>, <c>metrics</c>, <c>cpu</c>.</summary>
    public string[]? Tags { get; init; }

    /// <summary>The properties of the stream, such as <c>thread-name</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = EmptyProperties.Instance;

    /// <summary>When the lake first heard of the stream.</summary>
    public NanoTimestamp InsertTime { get; init; }

    /// <summary>The format of its blocks.</summary>
    public string Format { get; init; } = "";

    /// <summary>When the lake last received a block of the stream.</summary>
    public NanoTimestamp LastUpdateTime { get; init; }
}
