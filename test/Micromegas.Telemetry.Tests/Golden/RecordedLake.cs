using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Micromegas.Telemetry.Tests;

/// <summary>A recorded lake below test/golden: its catalogue rows and stored blocks.</summary>
internal sealed class RecordedLake
{
    private readonly string folder;

    private RecordedLake(string folder, string catalog)
    {
        this.folder = folder;
        Processes = Rows(catalog, "processes").ToDictionary(row => Text(row, "process_id"), row => new ProcessClock(
            row.GetProperty("tsc_frequency").GetInt64(), row.GetProperty("start_ticks").GetInt64(), Time(row, "start_time")));
        Streams = Rows(catalog, "streams").ToDictionary(row => Text(row, "stream_id"), row => new RecordedStream(
            [.. row.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!)],
            Bytes(row, "dependencies_metadata"),
            Bytes(row, "objects_metadata"),
            new StreamDescription(Text(row, "format"), Bytes(row, "dependencies_metadata"), Bytes(row, "objects_metadata"))));
        Blocks = [.. Rows(catalog, "blocks").Select(row => new RecordedBlock(
            Text(row, "block_id"),
            Text(row, "stream_id"),
            Text(row, "process_id"),
            new BlockRow(
                row.GetProperty("begin_ticks").GetInt64(),
                row.GetProperty("end_ticks").GetInt64(),
                Time(row, "begin_time"),
                Time(row, "end_time"),
                row.GetProperty("nb_objects").GetInt32(),
                row.GetProperty("object_offset").GetInt64())))];
    }

    public static RecordedLake Main { get; } = Open("lake", Path.Combine("catalog", "global"));

    public static RecordedLake Ingested { get; } = Open("ingest", "catalog");

    public IReadOnlyDictionary<string, ProcessClock> Processes { get; }

    public IReadOnlyDictionary<string, RecordedStream> Streams { get; }

    public IReadOnlyList<RecordedBlock> Blocks { get; }

    /// <summary>Blocks of one tag whose process and stream rows exist, as readers see them.</summary>
    public IEnumerable<RecordedBlock> BlocksOf(string tag, string? process = null) => Blocks.Where(block =>
        Streams.TryGetValue(block.StreamId, out RecordedStream? stream) && stream.Tags.Contains(tag)
        && Processes.ContainsKey(block.ProcessId) && (process is null || block.ProcessId == process));

    public byte[] Payload(RecordedBlock block) =>
        File.ReadAllBytes(Path.Combine(folder, "store", "blobs", block.ProcessId, block.StreamId, block.BlockId));

    public static IEnumerable<JsonElement> Answers(string file) => Lines(Path.Combine(GoldenFolder(), file));

    private static RecordedLake Open(string name, string catalog)
    {
        string folder = Path.Combine(GoldenFolder(), name);
        return new RecordedLake(folder, Path.Combine(folder, catalog));
    }

    private static IEnumerable<JsonElement> Rows(string catalog, string table) => Lines(Path.Combine(catalog, table + ".jsonl.gz"));

    private static IEnumerable<JsonElement> Lines(string path)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return JsonDocument.Parse(line).RootElement;
        }
    }

    private static string Text(JsonElement row, string column) => row.GetProperty(column).GetString()!;

    private static byte[] Bytes(JsonElement row, string column) => row.GetProperty(column).GetProperty("base64").GetBytesFromBase64();

    private static long Time(JsonElement row, string column) =>
        (DateTimeOffset.Parse(Text(row, column), CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    private static string GoldenFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
            {
                return Path.Combine(folder.FullName, "test", "golden");
            }
        }

        throw new InvalidOperationException("The tests run inside the repository.");
    }
}

internal sealed record RecordedStream(string[] Tags, byte[] DependenciesMetadata, byte[] ObjectsMetadata, StreamDescription Description);

internal sealed record RecordedBlock(string BlockId, string StreamId, string ProcessId, BlockRow Row);
