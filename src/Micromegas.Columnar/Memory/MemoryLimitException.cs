namespace Micromegas.Columnar;

/// <summary>An operator needs more memory than its budget allows and cannot spill (SqlState 53200).</summary>
public sealed class MemoryLimitException : Exception
{
    public MemoryLimitException(string owner, long requested, long used, long limit)
        : base($"{owner} needs {requested} more bytes, but {used} of the {limit} bytes that the command may hold are in use.")
    {
        Owner = owner;
        Requested = requested;
    }

    /// <param name="owner">The operator that asked.</param>
    /// <param name="reason">Why it can neither hold its rows nor spill them.</param>
    /// <param name="inner">What failed.</param>
    public MemoryLimitException(string owner, string reason, Exception? inner = null)
        : base($"{owner} needs more memory: {reason}", inner) => Owner = owner;

    /// <summary>The operator that asked.</summary>
    public string Owner { get; }

    /// <summary>Bytes that were asked for.</summary>
    public long Requested { get; }
}
