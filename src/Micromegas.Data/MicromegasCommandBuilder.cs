using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Data;

/// <summary>
/// Quotes names as the dialect wants them. Telemetry is written by programs and not through rows, so that no commands for inserts, updates or deletes are
/// made up: asking for one throws <see cref="NotSupportedException"/>.
/// </summary>
public sealed class MicromegasCommandBuilder : DbCommandBuilder
{
    private const string Refusal = "Views cannot be changed through rows; no command is made for that.";

    /// <summary>Creates a builder.</summary>
    /// <param name="adapter">The adapter whose SELECT it belongs to.</param>
    public MicromegasCommandBuilder(MicromegasDataAdapter? adapter = null)
    {
        DataAdapter = adapter;
        QuotePrefix = "\"";
        QuoteSuffix = "\"";
    }

    /// <inheritdoc />
    [AllowNull]
    public override string QuotePrefix
    {
        get => base.QuotePrefix;
        set => base.QuotePrefix = value is null or "" or "\"" ? value : throw new ArgumentException("Names are quoted with \".", nameof(value));
    }

    /// <inheritdoc />
    [AllowNull]
    public override string QuoteSuffix
    {
        get => base.QuoteSuffix;
        set => base.QuoteSuffix = value is null or "" or "\"" ? value : throw new ArgumentException("Names are quoted with \".", nameof(value));
    }

    /// <summary>The name in quotes; quotes inside are doubled.</summary>
    /// <param name="unquotedIdentifier">A single name.</param>
    public override string QuoteIdentifier(string unquotedIdentifier)
    {
        ArgumentNullException.ThrowIfNull(unquotedIdentifier);
        return $"\"{unquotedIdentifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The name without quotes, doubled ones single.</summary>
    /// <param name="quotedIdentifier">A name as <see cref="QuoteIdentifier"/> makes it; others stay as they are.</param>
    public override string UnquoteIdentifier(string quotedIdentifier)
    {
        ArgumentNullException.ThrowIfNull(quotedIdentifier);
        return quotedIdentifier is ['"', .. var name, '"'] ? name.Replace("\"\"", "\"", StringComparison.Ordinal) : quotedIdentifier;
    }

    /// <inheritdoc />
    protected override void ApplyParameterInfo(DbParameter parameter, DataRow row, StatementType statementType, bool whereClause)
        => throw new NotSupportedException(Refusal);

    /// <inheritdoc />
    protected override string GetParameterName(int parameterOrdinal) => $"@p{parameterOrdinal}";

    /// <inheritdoc />
    protected override string GetParameterName(string parameterName) => $"@{parameterName}";

    /// <inheritdoc />
    protected override string GetParameterPlaceholder(int parameterOrdinal) => GetParameterName(parameterOrdinal);

    /// <inheritdoc />
    protected override DataTable? GetSchemaTable(DbCommand sourceCommand) => throw new NotSupportedException(Refusal);

    /// <inheritdoc />
    protected override void SetRowUpdatingHandler(DbDataAdapter adapter)
    {
        // Called when the adapter is set. There is no command that a handler could supply.
    }
}
