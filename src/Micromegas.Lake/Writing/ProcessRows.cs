using System.Globalization;
using System.Text;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>The rows by which a recorder's process and streams are known.</summary>
internal static class ProcessRows
{
    private const int MaxTextLength = 255;
    private const string ReservedPrefix = "micromegas.";

    public static ProcessRecord Process(ProcessRecorderOptions options, TimeProvider clock) => new()
    {
        ProcessId = Guid.NewGuid(),
        ParentProcessId = options.ParentProcessId,
        Exe = Text(options.Exe, nameof(options.Exe)),
        Username = Text(options.Username, nameof(options.Username)),
        Realname = Text(options.RealName, nameof(options.RealName)),
        Computer = Text(options.Computer, nameof(options.Computer)),
        Distro = Text(options.Distro, nameof(options.Distro)),
        CpuBrand = Text(options.CpuBrand, nameof(options.CpuBrand)),
        Properties = Properties(options.Properties),
        TscFrequency = clock.TimestampFrequency,
        StartTicks = clock.GetTimestamp(),
        StartTime = CatalogTime.Now(clock),
    };

    public static StreamRecord Stream(Guid processId, string tag, ReadOnlyMemory<byte> dependenciesMetadata, ReadOnlyMemory<byte> objectsMetadata) => new()
    {
        StreamId = Guid.NewGuid(),
        ProcessId = processId,
        DependenciesMetadata = dependenciesMetadata.ToArray(),
        ObjectsMetadata = objectsMetadata.ToArray(),
        Tags = [tag],
    };

    /// <summary>The stream of a thread's spans; its properties give readers the thread's name.</summary>
    public static StreamRecord ThreadStream(Guid processId, Thread thread)
    {
        var id = new KeyValuePair<string, string>("thread-id", thread.ManagedThreadId.ToString(CultureInfo.InvariantCulture));
        return Stream(processId, "cpu", SpanBlockWriter.DependenciesMetadata, SpanBlockWriter.ObjectsMetadata) with
        {
            Properties = thread.Name is { Length: > 0 } name ? [new("thread-name", name.Replace('\0', ' ')), id] : [id],
        };
    }

    private static KeyValuePair<string, string>[] Properties(IReadOnlyCollection<KeyValuePair<string, string>> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        foreach ((string key, string value) in properties)
        {
            Storable(key, nameof(properties));
            Storable(value, nameof(properties));
            if (key.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            {
                throw new ArgumentException($"Process property '{key}': names that start with '{ReservedPrefix}' are reserved.", nameof(properties));
            }
        }
        return [.. properties];
    }

    // PostgreSQL refuses longer texts with an error (spec/data-lake.md §1.7); its characters are code points.
    private static string Text(string text, string name)
    {
        Storable(text, name);
        if (text.Length <= MaxTextLength)
        {
            return text;
        }
        int length = 0;
        int characters = 0;
        while (length < text.Length && characters < MaxTextLength)
        {
            Rune.DecodeFromUtf16(text.AsSpan(length), out _, out int consumed);
            length += consumed;
            characters++;
        }
        return text[..length];
    }

    private static void Storable(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("Catalogues keep no text with the character U+0000.", name);
        }
    }
}
