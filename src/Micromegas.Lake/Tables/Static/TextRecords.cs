using System.Runtime.CompilerServices;
using System.Text;
using Micromegas.Engine;

namespace Micromegas.Lake.Tables.Static;

/// <summary>A record of a text file: a line, or with quoted line breaks several.</summary>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Text">Its text without the line break.</param>
internal readonly record struct TextRecord(long Line, string Text);

/// <summary>Reads a text file record by record, holding one of them at a time.</summary>
internal static class TextRecords
{
    private const int BufferLength = 32 * 1024;
    private const int LongestRecord = 16 << 20;

    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="EngineException">The file cannot be read, is no UTF-8, or has a record without end.</exception>
    public static async IAsyncEnumerable<TextRecord> ReadAsync(StaticFile file, [EnumeratorCancellation] CancellationToken ct)
    {
        using StreamReader reader = Open(file);
        var buffer = new char[BufferLength];
        var text = new StringBuilder();
        bool isQuoted = false;
        long line = 1;
        long first = 1;
        for (int count; (count = await FillAsync(file, reader, buffer, line, ct).ConfigureAwait(false)) > 0;)
        {
            int begin = 0;
            for (int i = 0; i < count; i++)
            {
                char c = buffer[i];
                if (c == '"' && file.Format == StaticFormat.Csv)
                {
                    // A doubled quote inside a quoted value ends it and begins it again.
                    isQuoted = !isQuoted;
                }
                else if (c == '\n')
                {
                    line++;
                    if (!isQuoted)
                    {
                        text.Append(buffer, begin, i - begin);
                        begin = i + 1;
                        if (Take(text) is { Length: > 0 } record)
                        {
                            yield return new TextRecord(first, record);
                        }
                        first = line;
                    }
                }
            }
            text.Append(buffer, begin, count - begin);
            if (text.Length > LongestRecord)
            {
                throw file.Error(SqlState.DataCorrupted, first, isQuoted ? "a quoted value has no end" : $"a line is longer than {LongestRecord >> 20} Mi characters");
            }
        }
        if (isQuoted)
        {
            throw file.Error(SqlState.DataCorrupted, first, "a quoted value has no end");
        }
        if (Take(text) is { Length: > 0 } last)
        {
            yield return new TextRecord(first, last);
        }
    }

    private static string Take(StringBuilder text)
    {
        int length = text.Length > 0 && text[^1] == '\r' ? text.Length - 1 : text.Length;
        string record = text.ToString(0, length);
        text.Clear();
        return string.IsNullOrWhiteSpace(record) ? "" : record;
    }

    private static StreamReader Open(StaticFile file)
    {
        try
        {
            return new StreamReader(
                new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan),
                s_encoding, detectEncodingFromByteOrderMarks: true, BufferLength);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw file.Error(SqlState.IoError, null, e.Message, e);
        }
    }

    private static async ValueTask<int> FillAsync(StaticFile file, StreamReader reader, Memory<char> buffer, long line, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(buffer, ct).ConfigureAwait(false);
        }
        catch (DecoderFallbackException e)
        {
            throw file.Error(SqlState.DataCorrupted, line, "the text is not UTF-8", e);
        }
        catch (IOException e)
        {
            throw file.Error(SqlState.IoError, line, e.Message, e);
        }
    }
}
