using System.IO.Compression;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Formats;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.Perfetto;

/// <summary>Traces against those that upstream made of the same processes, packet by packet.</summary>
public sealed class PerfettoTraceTests
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";
    private const string Match = "0711ebbd-ca15-4a79-b52b-0e1345291960";

    [Theory]
    [InlineData(Lobby, "lobby_both.pftrace.gz")]
    [InlineData(Match, "match_both.pftrace.gz")]
    public async Task A_trace_has_upstreams_packets(string process, string file)
    {
        byte[] expected = Unzip(Path.Combine(GoldenLake.Repository, "test", "golden", "perfetto", file));
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        List<object?[]> chunks = await ChunksAsync(lake, process, "both");
        Assert.Equal(Enumerable.Range(0, chunks.Count), chunks.Select(c => (int)c[0]!));
        byte[] actual = chunks.SelectMany(c => (byte[])c[1]!).ToArray();

        // Spans that begin at the same time may change places, and with them the numbers of texts.
        Assert.Equal(Trace.Read(expected).Order(StringComparer.Ordinal), Trace.Read(actual).Order(StringComparer.Ordinal));
        Assert.Equal(Trace.Read(expected)[..5], Trace.Read(actual)[..5]);
    }

    [Fact]
    public async Task Kinds_select_and_describe_tracks()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        string[] both = await PacketsAsync("both");
        string[] thread = await PacketsAsync("thread");
        string[] asynchronous = await PacketsAsync("async");
        Assert.DoesNotContain(thread, p => p.Contains("Async Operations", StringComparison.Ordinal));
        Assert.Contains(asynchronous, p => p.Contains("Async Operations", StringComparison.Ordinal));

        // The process and its threads are in both.
        Assert.Equal(both.Length + 4, thread.Length + asynchronous.Length);

        async Task<string[]> PacketsAsync(string kind) => Trace.Read((await ChunksAsync(lake, Lobby, kind)).SelectMany(c => (byte[])c[1]!).ToArray());
    }

    [Theory]
    [InlineData("x", "both", "must be a valid UUID")]
    [InlineData(Lobby, "all", "span_types must be 'thread', 'async', or 'both', given: all")]
    [InlineData("00000000-0000-0000-0000-000000000001", "both", "Process 00000000-0000-0000-0000-000000000001 not found")]
    public async Task Wrong_arguments_are_refused(string process, string kind, string message)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => ChunksAsync(lake, process, kind));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<object?[]>> ChunksAsync(LakeHost lake, string process, string kind)
    {
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default);
        ITable table = await lake.Tables.FindTableFunction("perfetto_trace_chunks")!.BindAsync(
            [Scalar.Of(process), Scalar.Of(kind), Scalar.Of("2026-11-22T16:54:00Z"), Scalar.Of("2026-11-22T16:58:00Z")],
            new Dictionary<string, Scalar>(),
            context,
            default);
        return await TableRows.ReadAsync(table, context: context);
    }

    private static byte[] Unzip(string path)
    {
        using var zip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zip.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Packets as texts, with the numbers of interned texts replaced by the texts.</summary>
    private static class Trace
    {
        public static string[] Read(byte[] trace)
        {
            var interned = new Dictionary<(int Table, ulong Id), string>();
            var packets = new List<string>();
            var reader = new ProtobufReader(trace);
            while (reader.ReadTag(out int field, out _))
            {
                Assert.Equal(1, field);
                packets.Add(Packet(reader.ReadMessage(), interned));
            }
            return [.. packets];
        }

        private static string Packet(ProtobufReader packet, Dictionary<(int Table, ulong Id), string> interned)
        {
            ProtobufReader again = packet;
            while (again.ReadTag(out int field, out ProtobufWireType type))
            {
                if (field == 12)
                {
                    ProtobufReader tables = again.ReadMessage();
                    while (tables.ReadTag(out int table, out _))
                    {
                        ProtobufReader entry = tables.ReadMessage();
                        var parts = new List<string>();
                        ulong id = 0;
                        while (entry.ReadTag(out int part, out ProtobufWireType partType))
                        {
                            if (part == 1)
                            {
                                id = entry.ReadVarint();
                            }
                            else
                            {
                                parts.Add(Value(ref entry, partType));
                            }
                        }

                        // Every number is given once.
                        interned.Add((table, id), string.Join(':', parts));
                    }
                }
                else
                {
                    again.Skip(field, type);
                }
            }
            var text = new List<string>();
            while (packet.ReadTag(out int field, out ProtobufWireType type))
            {
                switch (field)
                {
                    case 11:
                        ProtobufReader span = packet.ReadMessage();
                        while (span.ReadTag(out int part, out _))
                        {
                            ulong value = span.ReadVarint();
                            text.Add($"{part}=" + part switch
                            {
                                3 => interned[(1, value)],
                                10 => interned[(2, value)],
                                34 => interned[(4, value)],
                                _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
                            });
                        }
                        break;
                    case 12:
                        packet.Skip(field, type);
                        break;
                    default:
                        text.Add($"{field}: {Value(ref packet, type)}");
                        break;
                }
            }
            return string.Join(' ', text);
        }

        private static string Value(ref ProtobufReader reader, ProtobufWireType type) => type == ProtobufWireType.Varint
            ? reader.ReadVarint().ToString(System.Globalization.CultureInfo.InvariantCulture)
            : System.Text.Encoding.Latin1.GetString(reader.ReadBytes());
    }
}
