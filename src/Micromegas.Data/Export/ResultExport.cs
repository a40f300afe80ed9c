using Micromegas.Columnar;
using Micromegas.Parquet;

namespace Micromegas.Data.Export;

/// <summary>Writes the current result of a reader to a stream.</summary>
internal static class ResultExport
{
    /// <returns>Rows written.</returns>
    internal static async ValueTask<long> WriteAsync(MicromegasDataReader reader, Stream destination, MicromegasExportOptions options, CancellationToken cancellationToken)
    {
        switch (options.Format)
        {
            case MicromegasExportFormat.Parquet:
                return await WriteParquetAsync(reader, destination, cancellationToken).ConfigureAwait(false);
            case MicromegasExportFormat.Csv:
            {
                using var csv = new CsvWriter(destination, reader.ResultSchema, options);
                return await PumpAsync(reader, csv.WriteAsync, csv.CompleteAsync, cancellationToken).ConfigureAwait(false);
            }

            case MicromegasExportFormat.ArrowStream:
            {
                var writer = new ArrowStreamWriter(destination, reader.ResultSchema, ArrowLz4Codec.Options(options.CompressArrow), leaveOpen: true);
                await using (writer.ConfigureAwait(false))
                {
                    return await PumpAsync(reader, writer.WriteAsync, writer.CompleteAsync, cancellationToken).ConfigureAwait(false);
                }
            }

            case MicromegasExportFormat.ArrowFile:
            {
                var writer = new ArrowFileWriter(destination, reader.ResultSchema, ArrowLz4Codec.Options(options.CompressArrow), leaveOpen: true);
                await using (writer.ConfigureAwait(false))
                {
                    return await PumpAsync(reader, writer.WriteAsync, writer.CompleteAsync, cancellationToken).ConfigureAwait(false);
                }
            }

            case null:
                throw new ArgumentException("The options name no format.", nameof(options));
            default:
                throw new ArgumentOutOfRangeException(nameof(options), options.Format, "Not a format.");
        }
    }

    /// <summary>The format that a file's ending stands for.</summary>
    internal static MicromegasExportFormat FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PARQUET" => MicromegasExportFormat.Parquet,
        ".CSV" => MicromegasExportFormat.Csv,
        ".ARROWS" => MicromegasExportFormat.ArrowStream,
        ".ARROW" or ".FEATHER" => MicromegasExportFormat.ArrowFile,
        var other => throw new ArgumentException($"The ending '{other}' stands for no format; set {nameof(MicromegasExportOptions)}.{nameof(MicromegasExportOptions.Format)}.", nameof(path)),
    };

    private static async ValueTask<long> PumpAsync(
        MicromegasDataReader reader, Func<Batch, CancellationToken, ValueTask> write, Func<CancellationToken, ValueTask> complete, CancellationToken cancellationToken)
    {
        var rows = 0L;
        while (await reader.NextColumnsAsync(cancellationToken).ConfigureAwait(false) is { } batch)
        {
            await write(batch, cancellationToken).ConfigureAwait(false);
            rows += batch.SelectedCount;
        }

        await complete(cancellationToken).ConfigureAwait(false);
        return rows;
    }

    private static async ValueTask<long> WriteParquetAsync(MicromegasDataReader reader, Stream destination, CancellationToken cancellationToken)
    {
        using var writer = new ParquetWriter(reader.ResultSchema, new StreamSink(destination), ParquetWriterOptions.Upstream with { CreatedBy = "Micromegas.Data " + LibraryVersion.Text });
        return await PumpAsync(reader, writer.AppendAsync, async ct => await writer.FinishAsync(ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private sealed class StreamSink(Stream destination) : IParquetSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => destination.WriteAsync(bytes, ct);
    }
}
