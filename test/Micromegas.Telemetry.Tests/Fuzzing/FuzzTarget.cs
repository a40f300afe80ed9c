using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests.Fuzzing;

/// <summary>Something that reads bytes which anybody may have damaged.</summary>
internal abstract class FuzzTarget : IDisposable
{
    public static IReadOnlyDictionary<string, Func<FuzzTarget>> All { get; } = new Dictionary<string, Func<FuzzTarget>>
    {
        ["transit logs"] = () => new NativeBlockTarget("log", d => d.Logs),
        ["transit metrics"] = () => new NativeBlockTarget("metrics", d => d.Metrics),
        ["transit thread spans"] = () => new NativeBlockTarget("cpu", d => d.ThreadSpans),
        ["transit async spans"] = () => new NativeBlockTarget("cpu", d => d.AsyncSpans),
        ["transit net spans"] = () => new NativeBlockTarget("net", d => d.NetSpans),
        ["transit images"] = () => new NativeBlockTarget("image", d => d.Images),
        ["transit objects"] = () => new NativeBlockTarget("log", d => d.Objects),
        ["OTLP logs"] = () => new OtlpBlockTarget(StreamFormats.OtlpLogs, d => d.Logs),
        ["OTLP metrics"] = () => new OtlpBlockTarget(StreamFormats.OtlpMetrics, d => d.Metrics),
        ["OTLP spans"] = () => new OtlpBlockTarget(StreamFormats.OtlpTraces, d => d.OtlpSpans),
        ["OTLP histograms"] = () => new OtlpBlockTarget(StreamFormats.OtlpMetrics, d => d.OtlpHistograms),
        ["OTLP objects"] = () => new OtlpBlockTarget(StreamFormats.OtlpMetrics, d => d.Objects),
        ["CBOR type lists"] = () => new BytesTarget(
            () => RecordedLake.Main.Streams.Values.SelectMany(s => new[] { s.DependenciesMetadata, s.ObjectsMetadata }),
            bytes => TypeLayout.Resolve(TypeListCodec.Decode(bytes))),
        ["CBOR envelopes"] = () => new BytesTarget(Payloads, bytes => _ = BlockEnvelope.Read(bytes)),
        ["LZ4"] = () => new BytesTarget(() => Payloads().Select(Objects), Decompress),
        ["JSONB"] = () => new BytesTarget(Documents, Format),
        ["JSON path"] = () => new BytesTarget(
            () => ((string[])["$.a[0].b", "$[*]?(@.x > 1 && @.y == \"z\")", "$..name", "$.\"k e y\"[last - 1 to last]", "strict $.a.**{1 to 3}", "$.a + 1"]).Select(Encoding.UTF8.GetBytes),
            SelectPath),
    };

    /// <summary>Gathers samples.</summary>
    public abstract void Prepare();

    /// <summary>Reads one damaged input: true when it was read, false when it was refused as the format's errors are.</summary>
    public abstract bool Run(Random random);

    public virtual void Dispose()
    {
    }

    private static IEnumerable<byte[]> Payloads() => RecordedLake.Main.Blocks.Select(RecordedLake.Main.Payload).Where(p => p.Length < 8 << 10);

    private static byte[] Objects(byte[] payload)
    {
        try
        {
            return BlockEnvelope.Read(payload).Objects.ToArray();
        }
        catch (CorruptDataException)
        {
            return payload;
        }
    }

    private static void Decompress(byte[] bytes)
    {
        using PooledBuffer output = new();
        Lz4Frame.Decompress(bytes, output, 1 << 20);
    }

    private static IEnumerable<byte[]> Documents()
    {
        using JsonbBuilder builder = new();
        for (int size = 0; size < 6; size++)
        {
            builder.Reset();
            builder.BeginObject();
            for (int i = 0; i < size; i++)
            {
                builder.AddKey(Encoding.UTF8.GetBytes($"key{i}"));
                builder.BeginArray();
                builder.AddInt64(-i);
                builder.AddDouble(i / 3.0);
                builder.AddString("text é"u8);
                builder.AddBoolean(i % 2 == 0);
                builder.AddNull();
                builder.BeginObject();
                builder.AddKey("a"u8);
                builder.AddUInt64(ulong.MaxValue >> i);
                builder.EndObject();
                builder.EndArray();
            }

            builder.EndObject();
            yield return builder.Finish().ToArray();
        }
    }

    private static readonly JsonPath[] s_paths = [JsonPath.Parse("$.key1[*].a"), JsonPath.Parse("$.key2[*]?(@ > 1)")];

    private static void Format(byte[] document)
    {
        using PooledBuffer text = new();
        using JsonbBuilder builder = new();
        foreach (JsonPath path in s_paths)
        {
            builder.Reset();
            path.SelectAll(document, builder);
        }

        JsonbText.Format(JsonbValue.Open(document), text, JsonExponent.Unsigned);
    }

    private static readonly byte[] s_document = Documents().Last();

    private static void SelectPath(byte[] text)
    {
        using JsonbBuilder builder = new();
        JsonPath.Parse(text).SelectAll(s_document, builder);
    }

    /// <summary>A function of bytes that raises the format's own errors.</summary>
    private sealed class BytesTarget(Func<IEnumerable<byte[]>> find, Action<byte[]> read) : FuzzTarget
    {
        private byte[][] samples = [];

        public override void Prepare() => samples = [.. find()];

        public override bool Run(Random random)
        {
            try
            {
                read(Mutation.Damage(samples[random.Next(samples.Length)], samples, random));
                return true;
            }
            catch (Exception e) when (e is CorruptDataException or JsonPathSyntaxException)
            {
                return false;
            }
        }
    }
}
