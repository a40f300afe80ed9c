using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Views;

/// <summary>How a thread is called (spec/lakehouse.md §3.8).</summary>
internal static class ThreadName
{
    /// <summary>Name and id of the thread as its stream has them; without a name the id alone, without an id the stream's.</summary>
    public static string Of(StreamRecord stream)
    {
        string id = Find(stream, "thread-id") ?? stream.StreamId.ToString("D");
        return Find(stream, "thread-name") is { } name ? $"{name}-{id}" : id;
    }

    /// <summary>The last property of that name.</summary>
    public static string? Find(StreamRecord stream, string property)
    {
        string? found = null;
        foreach ((string key, string value) in stream.Properties)
        {
            found = key == property ? value : found;
        }
        return found;
    }
}
