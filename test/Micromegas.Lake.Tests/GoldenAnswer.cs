using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Micromegas.Engine;

namespace Micromegas.Lake.Tests;

/// <summary>Upstream's recorded answers, by statement id.</summary>
internal static class GoldenAnswer
{
    public static (object?[][] Rows, TimeRange Range) Find(int id)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(GoldenLake.Repository, "test", "golden", "lake.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            JsonElement root = JsonDocument.Parse(line).RootElement;
            if (root.GetProperty("id").GetInt32() == id)
            {
                return (
                    root.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(Value).ToArray()).ToArray(),
                    root.TryGetProperty("begin", out JsonElement begin) ? new TimeRange(Time(begin), Time(root.GetProperty("end"))) : default);
            }
        }
        throw new InvalidOperationException($"there is no answer {id}");
    }

    /// <summary>A value as the answers write it: bytes as hex.</summary>
    public static object? Plain(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexStringLower(bytes),
        object?[] items => items.Select(Plain).ToArray(),
        int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => value,
    };

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt64(out long integer) ? (object)integer : value.GetDouble(),
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
        _ => value.GetString(),
    };

    private static long Time(JsonElement text) => (text.GetDateTimeOffset().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
