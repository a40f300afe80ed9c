namespace Micromegas.Data;

/// <summary>What <see cref="MicromegasCommand.ExportAsync(Stream, MicromegasExportOptions, CancellationToken)"/> writes.</summary>
public enum MicromegasExportFormat
{
    /// <summary>Parquet: typed, compressed, what most tools read.</summary>
    Parquet,

    /// <summary>Comma-separated values (RFC 4180) in UTF-8.</summary>
    Csv,

    /// <summary>An Arrow IPC stream.</summary>
    ArrowStream,

    /// <summary>An Arrow IPC file, also called Feather V2.</summary>
    ArrowFile,
}
