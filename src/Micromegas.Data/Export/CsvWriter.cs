using System.Buffers;
using System.Globalization;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Data.Reading;
using ColumnReader = Micromegas.Data.Reading.ColumnReader;

namespace Micromegas.Data.Export;

/// <summary>
/// Comma-separated values (RFC 4180) in UTF-8: numbers without culture, instants in ISO 8601 with the digits they need, bytes in Base64, lists, structs and
/// maps as JSON. NULL is what the options say; an empty text is quoted, so that the two differ.
/// </summary>
internal sealed class CsvWriter : IDisposable
{
    // Enough rows for the stream to take a worthwhile piece at a time.
    private const int FlushAt = 64 * 1024;
    private readonly Stream _destination;
    private readonly ColumnReader[] _columns;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt);
    private readonly SearchValues<byte> _quoted;
    private readonly byte[] _delimiter;
    private readonly byte[] _null;

    internal CsvWriter(Stream destination, Schema schema, MicromegasExportOptions options)
    {
        if (options.CsvDelimiter is '"' or '\r' or '\n' or > (char)127)
        {
            throw new ArgumentException($"'{options.CsvDelimiter}' cannot separate fields.", nameof(options));
        }

        _destination = destination;
        _columns = [.. schema.Fields.Select(ColumnReaders.Create)];
        _delimiter = [(byte)options.CsvDelimiter];
        _null = Encoding.UTF8.GetBytes(options.CsvNull);
        _quoted = SearchValues.Create([(byte)'"', (byte)'\r', (byte)'\n', (byte)options.CsvDelimiter]);
        if (options.CsvHeader)
        {
            for (var i = 0; i < _columns.Length; i++)
            {
                Separate(i);
                PutText(Encoding.UTF8.GetBytes(_columns[i].Field.Name));
            }

            _buffer.Write("\r\n"u8);
        }
    }

    internal async ValueTask WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].Bind(batch.Columns[i]);
        }

        for (var at = 0; at < batch.SelectedCount; at++)
        {
            var row = batch.Selection is { } selection ? selection.Span[at] : at;
            for (var i = 0; i < _columns.Length; i++)
            {
                Separate(i);
                Put(_columns[i], row);
            }

            _buffer.Write("\r\n"u8);
            if (_buffer.WrittenCount >= FlushAt)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _destination.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => Array.ForEach(_columns, static column => column.Unbind());

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _destination.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    private void Separate(int column)
    {
        if (column > 0)
        {
            _buffer.Write(_delimiter);
        }
    }

    private void Put(ColumnReader column, int row)
    {
        if (column.IsNull(row))
        {
            _buffer.Write(_null);
            return;
        }

        switch (column.Type.Kind)
        {
            case TypeKind.Boolean:
                _buffer.Write(column.GetBoolean(row) ? "true"u8 : "false"u8);
                break;
            case TypeKind.Int8 or TypeKind.Int16 or TypeKind.Int32 or TypeKind.Int64 or TypeKind.UInt8 or TypeKind.UInt16 or TypeKind.UInt32:
                PutNumber(column.GetInt64(row));
                break;
            case TypeKind.UInt64:
                PutNumber(column.GetUInt64(row));
                break;
            case TypeKind.Float64:
                PutNumber(column.GetDouble(row));
                break;
            case TypeKind.Float16 or TypeKind.Float32:
                PutNumber(column.GetSingle(row));
                break;
            case TypeKind.Timestamp:
                PutText(Encoding.UTF8.GetBytes(NestedJson.Instant(column, row)));
                break;
            case TypeKind.Date32 or TypeKind.Date64:
                PutText(Encoding.UTF8.GetBytes(column.GetDateOnly(row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
                break;
            case TypeKind.Time32 or TypeKind.Time64:
                PutText(Encoding.UTF8.GetBytes(column.GetTimeOnly(row).ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture)));
                break;
            case TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView or TypeKind.FixedSizeBinary:
                PutText(Encoding.UTF8.GetBytes(Convert.ToBase64String(column.GetBytes(row))));
                break;
            case TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList or TypeKind.Struct or TypeKind.Map:
                PutText(Encoding.UTF8.GetBytes(NestedJson.ToText(column, row)));
                break;
            case TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View:
                PutText(column.GetUtf8(row));
                break;
            case TypeKind.Decimal128 or TypeKind.Decimal256 or TypeKind.Jsonb:
                PutText(Encoding.UTF8.GetBytes(column.GetString(row)));
                break;
            default:
                PutText(Encoding.UTF8.GetBytes(Convert.ToString(column.GetValue(row), CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }

    private void PutNumber<T>(T value)
        where T : IUtf8SpanFormattable
    {
        const int mostDigits = 32;
        value.TryFormat(_buffer.GetSpan(mostDigits), out var written, default, CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }

    private void PutText(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text.IndexOfAny(_quoted) < 0 && !text.SequenceEqual(_null))
        {
            _buffer.Write(text);
            return;
        }

        _buffer.Write("\""u8);
        for (var quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            _buffer.Write(text[..(quote + 1)]);
            _buffer.Write("\""u8);
            text = text[(quote + 1)..];
        }

        _buffer.Write(text);
        _buffer.Write("\""u8);
    }
}
