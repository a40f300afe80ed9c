using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Data;

/// <summary>A statement of a <see cref="MicromegasBatch"/> with parameters of its own.</summary>
public sealed class MicromegasBatchCommand : DbBatchCommand
{
    private string _commandText = "";
    private int _recordsAffected = -1;

    /// <summary>Creates a command without text.</summary>
    public MicromegasBatchCommand()
    {
    }

    /// <summary>Creates a command.</summary>
    /// <param name="commandText">The statement.</param>
    public MicromegasBatchCommand(string? commandText) => _commandText = commandText ?? "";

    /// <inheritdoc />
    [AllowNull]
    public override string CommandText
    {
        get => _commandText;
        set => _commandText = value ?? "";
    }

    /// <summary>Always <see cref="CommandType.Text"/>.</summary>
    /// <exception cref="NotSupportedException">Another type is set.</exception>
    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
            {
                throw new NotSupportedException($"Commands are text; {value} is not supported.");
            }
        }
    }

    /// <summary>The parameters.</summary>
    public new MicromegasParameterCollection Parameters { get; } = [];

    /// <summary>Rows that the last run has written; -1 when the statement does not write.</summary>
    public override int RecordsAffected => _recordsAffected;

    /// <inheritdoc />
    public override bool CanCreateParameter => true;

    /// <inheritdoc />
    protected override DbParameterCollection DbParameterCollection => Parameters;

    /// <inheritdoc />
    public override DbParameter CreateParameter() => new MicromegasParameter();

    internal void Reset() => _recordsAffected = -1;

    internal void Affect(long rows) => _recordsAffected = (int)Math.Min(Math.Max(_recordsAffected, 0) + rows, int.MaxValue);
}
