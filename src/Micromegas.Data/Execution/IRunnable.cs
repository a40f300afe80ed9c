namespace Micromegas.Data.Execution;

/// <summary>What differs between a command and a batch for the <see cref="CommandRunner"/> that runs them.</summary>
internal interface IRunnable
{
    /// <summary>What it calls itself in messages: command or batch.</summary>
    string Kind { get; }

    /// <summary>The text, for diagnostics.</summary>
    string Text { get; }

    /// <summary>Why there is nothing to run; null when there is something.</summary>
    string? Missing { get; }

    /// <summary>The transaction that it was given.</summary>
    MicromegasTransaction? Transaction { get; }

    /// <summary>Parses, and binds the values of parameters.</summary>
    QueryRequest[] CreateRequests(IQuerySession session);

    /// <summary>Raises its InfoMessage.</summary>
    void Inform(MicromegasInfoMessageEventArgs message);
}
