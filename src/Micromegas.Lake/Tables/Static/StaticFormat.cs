namespace Micromegas.Lake.Tables.Static;

/// <summary>The formats of static tables.</summary>
public enum StaticFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,

    /// <summary>A Parquet file.</summary>
    Parquet,
}
