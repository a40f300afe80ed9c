namespace Micromegas.Data;

/// <summary>How results are exported.</summary>
public sealed record MicromegasExportOptions
{
    /// <summary>The format. When a file is named and this is null, its ending decides: <c>.parquet</c>, <c>.csv</c>, <c>.arrows</c> (stream), <c>.arrow</c> or <c>.feather</c> (file).</summary>
    public MicromegasExportFormat? Format { get; init; }

    /// <summary>Whether Arrow bodies are compressed with LZ4. Parquet always is.</summary>
    public bool CompressArrow { get; init; }

    /// <summary>What separates the fields of CSV; the default is a comma.</summary>
    public char CsvDelimiter { get; init; } = ',';

    /// <summary>Whether CSV begins with the columns' names; the default is true.</summary>
    public bool CsvHeader { get; init; } = true;

    /// <summary>What stands for NULL in CSV; the default is nothing at all, while an empty text is written as <c>""</c>.</summary>
    public string CsvNull { get; init; } = "";
}
