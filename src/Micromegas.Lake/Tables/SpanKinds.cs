using Micromegas.Columnar;
using Micromegas.Engine;

namespace Micromegas.Lake.Tables;

/// <summary>Which spans of a process a question is about.</summary>
[Flags]
internal enum SpanKinds
{
    /// <summary>Call trees of threads.</summary>
    Thread = 1,

    /// <summary>Asynchronous spans.</summary>
    Async = 2,

    Both = Thread | Async,
}

/// <summary>The arguments that <c>process_spans</c> and <c>perfetto_trace_chunks</c> have in common (spec/sql.md §1.7).</summary>
internal static class SpanArguments
{
    public static Guid Process(string function, Scalar? argument) => argument?.Value switch
    {
        string text when Guid.TryParse(text, out Guid id) => id,
        var other => throw Invalid($"First argument to {function} must be a valid UUID (the process ID), given '{other}'"),
    };

    public static SpanKinds Kinds(string function, Scalar? argument) => argument?.Value switch
    {
        "thread" => SpanKinds.Thread,
        "async" => SpanKinds.Async,
        "both" => SpanKinds.Both,
        string other => throw Invalid($"span_types must be 'thread', 'async', or 'both', given: {other}"),
        _ => throw Invalid($"Second argument to {function} must be a string ('thread', 'async', or 'both')"),
    };

    public static EngineException Invalid(string message) => new(SqlState.InvalidParameterValue, message);
}
