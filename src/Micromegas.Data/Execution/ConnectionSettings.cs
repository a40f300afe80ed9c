using System.Collections.Concurrent;
using Micromegas.Lake;

namespace Micromegas.Data.Execution;

/// <summary>A parsed connection string. Parsing is done once a string and process, as opening a connection must cost nothing.</summary>
internal sealed class ConnectionSettings
{
    // Programs use a handful of strings; one that builds a new string each time must not fill memory.
    private const int CachedSettings = 256;
    private static readonly ConcurrentDictionary<string, ConnectionSettings> Cache = new(StringComparer.Ordinal);

    private LakeAddress? _lake;

    private ConnectionSettings(string text, MicromegasConnectionStringBuilder builder)
    {
        Text = text;
        DataSource = builder.DataSource;
        PublicDataSource = builder.PublicDataSource;
        Catalog = builder.Catalog;
        Mode = builder.Mode;
        Range = builder.Range;
        CommandTimeout = builder.CommandTimeout;
        MemoryLimit = builder.MemoryLimit;
        CommandMemoryLimit = builder.CommandMemoryLimit;
        Threads = builder.Threads;
        ScratchTables = builder.ScratchTables;
        StaticTables = builder.StaticTables;
        MapFiles = builder.MapFiles;
    }

    internal string Text { get; }

    internal string DataSource { get; }

    internal string PublicDataSource { get; }

    internal string Catalog { get; }

    internal MicromegasOpenMode Mode { get; }

    internal MicromegasRange? Range { get; }

    internal int CommandTimeout { get; }

    internal long? MemoryLimit { get; }

    internal long? CommandMemoryLimit { get; }

    internal int Threads { get; }

    internal bool ScratchTables { get; }

    internal string StaticTables { get; }

    internal bool MapFiles { get; }

    internal static ConnectionSettings Parse(string text)
    {
        if (Cache.TryGetValue(text, out var settings))
        {
            return settings;
        }

        settings = new ConnectionSettings(text, new MicromegasConnectionStringBuilder(text));
        if (Cache.Count < CachedSettings)
        {
            Cache.TryAdd(text, settings);
        }

        return settings;
    }

    /// <summary>The last session that these settings gave.</summary>
    internal SharedSession? LastSession { get; set; }

    /// <summary>Where the lake is; relative paths follow the current directory.</summary>
    internal LakeAddress ResolveLake()
    {
        if (_lake is { } known)
        {
            return known;
        }

        var lake = new MicromegasConnectionStringBuilder { DataSource = DataSource, Catalog = Catalog }.ResolveLake();
        if (!lake.IsDirectory || Path.IsPathFullyQualified(DataSource))
        {
            _lake = lake;
        }

        return lake;
    }
}
