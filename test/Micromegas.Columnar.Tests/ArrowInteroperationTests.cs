using System.IO.Compression;
using System.Text.Json;
using Micromegas.Testing;

namespace Micromegas.Columnar.Tests;

/// <summary>
/// What other implementations wrote: files in <c>Arrow/</c> by apache-arrow 21.2 for JavaScript, and the messages of recorded Flight conversations by
/// those in Rust (upstream), C++ (the reference server), Go and Java (clients).
/// </summary>
public class ArrowInteroperationTests
{
    [Theory]
    [InlineData("types.stream")]
    [InlineData("types.file")]
    public async Task Types_written_by_the_JavaScript_implementation_are_read(string name)
    {
        var (schema, rows) = await ReadAsync(name);
        Assert.Equal(
            "b: Boolean, i8: Int8, u16: UInt16, i64: Int64, f32: Float32, f64: Float64, s: Utf8, ls: LargeUtf8, bin: Binary, fsb: FixedSizeBinary(3), "
            + "ts: Timestamp(ms), day: Date32, list: List(Int32), fl: FixedSizeList(2 x Int16), st: Struct(\"a\": Int32, \"b\": Utf8), "
            + "m: Map(\"entries\": non-null Struct(\"key\": non-null Utf8, \"value\": Int32), unsorted), d: Dictionary(Int8, Utf8), "
            + "dayt: Interval(DayTime), ym: Interval(YearMonth), nul: non-null Null",
            schema.ToString());
        Assert.Equal(
            [
                "True | 1 | 65535 | 9007199254740993 | 1.5 | 0.1 | lobby | a | 0102 | 010203 | 1700000000123 | 20779 | [1, 2] | [1, 2] | [1, x] | "
                + "[[k, 1], [l, 2]] | a | 8589934593 | 14 | null",
                "null | -2 | null | null | null | null | null |  | null | null | null | null | null | null | null | null | null | null | null | null",
                "False | null | 0 | -1 | -0.25 | 1E+300 | 漢字 🚀 | null |  | 040506 | 5 | 0 | [] | [3, 4] | [3, null] | [] | a | 25769803775 | 5 | null",
            ],
            rows);
    }

    [Theory]
    [InlineData("delta.stream", "a b b c null a d")]
    [InlineData("delta.file", "a b b c null a d")]
    [InlineData("replace.stream", "x y z x")]
    public async Task Dictionaries_that_grow_or_are_replaced_are_read(string name, string expected)
    {
        var (schema, rows) = await ReadAsync(name);
        Assert.Equal("d: Dictionary(Int32, Utf8)", schema.ToString());
        Assert.Equal(expected.Split(' '), rows);
    }

    [Fact]
    public async Task Views_are_read()
    {
        var (schema, rows) = await ReadAsync("views.stream");
        Assert.Equal("v: Utf8View, bv: BinaryView", schema.ToString());
        Assert.Equal(
            [
                "short | " + string.Concat(Enumerable.Repeat("07", 20)), "a text longer than twelve bytes | null", "null | 01",
                "another text beyond twelve | " + string.Concat(Enumerable.Repeat("09", 13)),
            ],
            rows);
    }

    [Theory]
    [InlineData("clients-against-upstream", "DoGet", 10, 248, 3)]
    [InlineData("clients-against-reference", "DoPut", 4, 3, 0)]
    public async Task Recorded_flight_messages_are_read_and_written_anew(string recording, string method, int expectedStreams, int expectedRows, int unions)
    {
        int streams = 0, rows = 0, refused = 0;
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Repository.PathOf("test", "golden", "flight", recording + ".jsonl.gz")), CompressionMode.Decompress));
        while (await lines.ReadLineAsync() is { } line)
        {
            using var call = JsonDocument.Parse(line);
            if (!call.RootElement.GetProperty("method").GetString()!.EndsWith("/" + method, StringComparison.Ordinal))
            {
                continue;
            }
            var messages = call.RootElement.GetProperty(method == "DoPut" ? "requests" : "responses").EnumerateArray()
                .Select(static message => Convert.FromHexString(message.GetString()!)).ToList();
            if (messages.Count == 0)
            {
                continue;
            }
            var stream = new MemoryStream();
            messages.ForEach(message => AppendMessage(stream, message));
            try
            {
                rows += await RoundTripAsync(stream);
                streams++;
            }
            catch (ArrowFormatException e) when (e.Message == "The Arrow type Union is not supported.")
            {
                // What a server says of itself (GetSqlInfo) is a union.
                refused++;
            }
        }
        Assert.Equal((expectedStreams, expectedRows, unions), (streams, rows, refused));
    }

    private static async Task<int> RoundTripAsync(MemoryStream stream)
    {
        stream.Position = 0;
        var written = new MemoryStream();
        var before = new List<string>();
        await using (var reader = await ArrowStreamReader.OpenAsync(stream))
        {
            await using var writer = new ArrowStreamWriter(written, reader.Schema, leaveOpen: true);
            while (await reader.ReadAsync() is { } batch)
            {
                AddRows(batch, before);
                await writer.WriteAsync(batch);
            }
            await writer.CompleteAsync();
        }
        written.Position = 0;
        var after = new List<string>();
        await using (var reader = await ArrowStreamReader.OpenAsync(written))
        {
            while (await reader.ReadAsync() is { } batch)
            {
                AddRows(batch, after);
            }
        }
        Assert.Equal(before, after);
        return before.Count;
    }

    /// <summary>A FlightData message holds the metadata in field 2 and the body in field 1000.</summary>
    private static void AppendMessage(MemoryStream stream, byte[] message)
    {
        byte[] header = [], body = [];
        for (var at = 0; at < message.Length;)
        {
            var tag = ReadVarint(message, ref at);
            Assert.Equal(2, tag & 7);
            var length = ReadVarint(message, ref at);
            var value = message[at..(at + length)];
            at += length;
            if (tag >> 3 == 2)
            {
                header = value;
            }
            else if (tag >> 3 == 1000)
            {
                body = value;
            }
        }
        if (header.Length > 0)
        {
            stream.Write(BitConverter.GetBytes(uint.MaxValue));
            stream.Write(BitConverter.GetBytes(header.Length));
            stream.Write(header);
            stream.Write(body);
        }
    }

    private static int ReadVarint(byte[] bytes, ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (bytes[at] & 0x7f) << shift;
            if (bytes[at++] < 0x80)
            {
                return value;
            }
        }
    }

    private static async Task<(Schema Schema, List<string> Rows)> ReadAsync(string name)
    {
        var stream = File.OpenRead(Repository.PathOf("test", "Micromegas.Columnar.Tests", "Arrow", name));
        var rows = new List<string>();
        if (name.EndsWith(".file", StringComparison.Ordinal))
        {
            await using var file = await ArrowFileReader.OpenAsync(stream);
            for (var i = 0; i < file.BatchCount; i++)
            {
                AddRows(await file.ReadAsync(i), rows);
            }
            return (file.Schema, rows);
        }
        await using var reader = await ArrowStreamReader.OpenAsync(stream);
        while (await reader.ReadAsync() is { } batch)
        {
            AddRows(batch, rows);
        }
        return (reader.Schema, rows);
    }

    private static void AddRows(Batch batch, List<string> rows)
    {
        for (var row = 0; row < batch.RowCount; row++)
        {
            rows.Add(string.Join(" | ", batch.Columns.Select(column => RandomTable.Show(column.GetValue(row)))));
        }
    }
}
