using System.Text;

namespace Micromegas.Telemetry;

/// <summary>Collects the strings and property sets that the events of one block refer to, each once (spec/data-lake.md §4.1).</summary>
/// <remarks>Upstream's clients use memory addresses as ids; any numbers that are unique within the block do, here a counter.</remarks>
/// <param name="staticStringType">Index of <c>StaticString</c> in the type list where strings are written in that form, without a codec; else none.</param>
internal sealed class DependencyWriter(byte? staticStringType = null) : IDisposable
{
    private const byte StringType = 1;
    private const byte PropertySetType = 3;

    private readonly Dictionary<string, StringHandle> strings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> propertySets = new(StringComparer.Ordinal);
    private readonly StringBuilder setKey = new();
    private ulong lastId;

    public TransitQueue Queue { get; } = new();

    public void Clear()
    {
        Queue.Clear();
        strings.Clear();
        propertySets.Clear();
        lastId = 0;
    }

    public void Dispose() => Queue.Dispose();

    public ulong NewId() => ++lastId;

    public StringHandle Text(string text)
    {
        if (!strings.TryGetValue(text, out StringHandle handle))
        {
            handle = new StringHandle(NewId(), (uint)Encoding.UTF8.GetByteCount(text));
            Queue.BeginDynamic(staticStringType ?? StringType);
            Queue.WriteUInt64(handle.Id);
            if (staticStringType is null)
            {
                Queue.WriteText(text);
            }
            else
            {
                Queue.WriteTail(text);
            }

            Queue.EndDynamic();
            strings.Add(text, handle);
        }

        return handle;
    }

    /// <summary>The id of a property set; of equal names the last stays.</summary>
    public ulong PropertySet(IReadOnlyCollection<KeyValuePair<string, string>> properties)
    {
        SortedDictionary<string, string> sorted = new(DescendingNames.Instance);
        foreach ((string name, string value) in properties)
        {
            if (name is null || value is null)
            {
                throw new ArgumentException("A property has no name or no value.", nameof(properties));
            }

            sorted[name] = value;
        }

        setKey.Clear();
        foreach ((string name, string value) in sorted)
        {
            // Lengths keep ("a", "b=c") and ("a=b", "c") apart.
            setKey.Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
        }

        string key = setKey.ToString();
        if (propertySets.TryGetValue(key, out ulong id))
        {
            return id;
        }

        // The strings precede the set that refers to them.
        foreach ((string name, string value) in sorted)
        {
            Text(name);
            Text(value);
        }

        id = NewId();
        Queue.BeginDynamic(PropertySetType);
        Queue.WriteUInt64(id);
        Queue.WriteUInt32((uint)sorted.Count);
        foreach ((string name, string value) in sorted)
        {
            Queue.WriteHandle(Text(name), TransitText.Utf8Codec);
            Queue.WriteHandle(Text(value), TransitText.Utf8Codec);
        }

        Queue.EndDynamic();
        propertySets.Add(key, id);
        return id;
    }

    // The Rust client's order.
    private sealed class DescendingNames : IComparer<string>
    {
        public static DescendingNames Instance { get; } = new();

        public int Compare(string? x, string? y) => string.CompareOrdinal(y, x);
    }
}
