namespace Micromegas.Lake.Tables.Static;

/// <summary>The text formats of static tables.</summary>
public enum StaticFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,
}
