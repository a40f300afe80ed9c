using System.Data.Common;

namespace Micromegas.Data;

/// <summary>Fills data sets and tables. Statements do not write, so that <c>Update</c> has no commands to run.</summary>
public sealed class MicromegasDataAdapter : DbDataAdapter
{
    /// <summary>Creates an adapter without a command.</summary>
    public MicromegasDataAdapter()
    {
    }

    /// <summary>Creates an adapter.</summary>
    /// <param name="selectCommand">The statement whose rows fill the table.</param>
    public MicromegasDataAdapter(MicromegasCommand selectCommand) => SelectCommand = selectCommand;

    /// <summary>Creates an adapter.</summary>
    /// <param name="selectCommandText">The statement whose rows fill the table.</param>
    /// <param name="connection">The connection; it is opened and closed as needed.</param>
    public MicromegasDataAdapter(string selectCommandText, MicromegasConnection connection) => SelectCommand = new MicromegasCommand(selectCommandText, connection);
}
