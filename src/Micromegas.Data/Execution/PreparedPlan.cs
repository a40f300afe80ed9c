using Micromegas.Engine;

namespace Micromegas.Data.Execution;

/// <summary>The plan of a prepared statement, kept from run to run.</summary>
/// <param name="text">The text that holds the statement.</param>
internal sealed class PreparedPlan(string text)
{
    internal string Text { get; } = text;

    /// <summary>The plan of the last run that was planned; null where that one cannot serve again.</summary>
    internal KeptPlan? Plan { get; set; }
}
