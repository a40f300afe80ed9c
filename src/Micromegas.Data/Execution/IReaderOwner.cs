namespace Micromegas.Data.Execution;

/// <summary>What a reader was opened by: a command or a batch.</summary>
internal interface IReaderOwner
{
    /// <summary>The connection that runs it.</summary>
    MicromegasConnection? Connection { get; }

    /// <summary>The reader is about to run its first statement.</summary>
    void Started(MicromegasDataReader reader);

    /// <summary>The run ended before it had a reader.</summary>
    void Abandoned(CommandExecution execution);

    /// <summary>The reader has been closed.</summary>
    void Finished(MicromegasDataReader reader, CommandExecution execution, MicromegasStatistics statistics);
}
