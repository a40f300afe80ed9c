namespace Micromegas.Data;

/// <summary>The argument of <see cref="MicromegasConnection.InfoMessage"/> and <see cref="MicromegasCommand.InfoMessage"/>.</summary>
/// <param name="info">The warning.</param>
public sealed class MicromegasInfoMessageEventArgs(MicromegasInfoMessage info) : EventArgs
{
    /// <summary>The warning.</summary>
    public MicromegasInfoMessage Info { get; } = info;
}
