using System.Data;
using Micromegas.Data.Export;

namespace Micromegas.Data;

public sealed partial class MicromegasCommand
{
    /// <summary>Runs the statement and writes its (first) result as an Arrow IPC stream.</summary>
    /// <param name="destination">Receives the stream; stays open.</param>
    /// <param name="cancellationToken">Ends the statement; what was written is then cut.</param>
    /// <returns>Rows written.</returns>
    public Task<long> ExecuteArrowAsync(Stream destination, CancellationToken cancellationToken = default)
        => ExportAsync(destination, new MicromegasExportOptions { Format = MicromegasExportFormat.ArrowStream }, cancellationToken);

    /// <summary>Runs the statement and writes its (first) result to a stream. Memory stays bounded however large the result is.</summary>
    /// <param name="destination">Receives the result; stays open.</param>
    /// <param name="options">The format.</param>
    /// <param name="cancellationToken">Ends the statement; what was written is then cut.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="ArgumentException">The options name no format.</exception>
    public async Task<long> ExportAsync(Stream destination, MicromegasExportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(options);
        var reader = await _runner.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (reader.FieldCount == 0)
            {
                throw new InvalidOperationException("The command gives no result that could be written.");
            }

            return await ResultExport.WriteAsync(reader, destination, options, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the statement and writes its (first) result to a file. The file appears when it is complete, in place of one that was there.</summary>
    /// <param name="path">The file; its ending says the format unless <paramref name="options"/> do.</param>
    /// <param name="options">The format; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the statement; no file is left then.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="ArgumentException">Neither the ending nor the options say the format.</exception>
    public async Task<long> ExportAsync(string path, MicromegasExportOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new MicromegasExportOptions();
        options = options with { Format = options.Format ?? ResultExport.FormatOf(path) };
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            long rows;
            var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
            await using (file.ConfigureAwait(false))
            {
                rows = await ExportAsync(file, options, cancellationToken).ConfigureAwait(false);
            }

            File.Move(unfinished, path, overwrite: true);
            return rows;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
