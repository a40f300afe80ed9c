using System.Collections;
using System.ComponentModel;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Micromegas.Lake;
using Micromegas.Storage;

namespace Micromegas.Data;

/// <summary>
/// The connection string of a lake. Keywords are not case-sensitive; an unknown one is refused, so that a misspelt option cannot pass unnoticed.
/// </summary>
[SuppressMessage("Design", "CA1010", Justification = "The base class enumerates as ADO.NET prescribes.")]
public sealed class MicromegasConnectionStringBuilder : DbConnectionStringBuilder
{
    private const string DataSourceKeyword = "Data Source";
    private const string CatalogKeyword = "Catalog";
    private const string ModeKeyword = "Mode";
    private const string RangeKeyword = "Range";
    private const string CommandTimeoutKeyword = "Command Timeout";
    private const string MemoryLimitKeyword = "Memory Limit";
    private const string CommandMemoryLimitKeyword = "Command Memory Limit";
    private const string ThreadsKeyword = "Threads";
    private const string ScratchTablesKeyword = "Scratch Tables";
    private const string StaticTablesKeyword = "Static Tables";
    private const string MapFilesKeyword = "Map Files";
    private const int DefaultCommandTimeout = 30;

    private static readonly string[] Keywords =
    [
        DataSourceKeyword, CatalogKeyword, ModeKeyword, RangeKeyword, CommandTimeoutKeyword, MemoryLimitKeyword, CommandMemoryLimitKeyword, ThreadsKeyword, ScratchTablesKeyword,
        StaticTablesKeyword, MapFilesKeyword,
    ];

    private static readonly Dictionary<string, string> Synonyms = CreateSynonyms();

    /// <summary>Creates a builder without settings.</summary>
    public MicromegasConnectionStringBuilder()
    {
    }

    /// <summary>Creates a builder from a connection string.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <exception cref="ArgumentException">A keyword is unknown or a value has a wrong form.</exception>
    public MicromegasConnectionStringBuilder(string? connectionString) => ConnectionString = connectionString;

    /// <summary>
    /// The directory that holds the lake: a path, absolute or relative to the current directory, or a <c>file:</c> URI. With <see cref="Catalog"/> it holds the lake's
    /// objects only, and may be a bucket: <c>s3://bucket/prefix?region=…&amp;endpoint=…</c>.
    /// </summary>
    [DisplayName(DataSourceKeyword)]
    public string DataSource
    {
        get => Text(DataSourceKeyword) ?? "";
        set => Set(DataSourceKeyword, value);
    }

    /// <summary>
    /// The PostgreSQL database that holds the catalogue of a lake that others share: a connection string of Npgsql (in quotes, when it is part of a text) or a
    /// <c>postgres://</c> URL. Where <see cref="DataSource"/> is a bucket and this is empty, the environment variable <c>MICROMEGAS_SQL_CONNECTION_STRING</c> counts.
    /// </summary>
    [DisplayName(CatalogKeyword)]
    public string Catalog
    {
        get => Text(CatalogKeyword) ?? "";
        set => Set(CatalogKeyword, value);
    }

    /// <summary>How the lake is opened. The default is <see cref="MicromegasOpenMode.ReadWriteCreate"/>.</summary>
    [DisplayName(ModeKeyword)]
    public MicromegasOpenMode Mode
    {
        get => Text(ModeKeyword) is { } text ? Enum.Parse<MicromegasOpenMode>(text) : MicromegasOpenMode.ReadWriteCreate;
        set
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Not an open mode.");
            }

            Set(ModeKeyword, value.ToString());
        }
    }

    /// <summary>The query range of commands that set none, or null. The text form is <c>begin/end</c>, ISO 8601.</summary>
    [DisplayName(RangeKeyword)]
    public MicromegasRange? Range
    {
        get => Text(RangeKeyword) is { } text ? MicromegasRange.Parse(text) : null;
        set => Set(RangeKeyword, value?.ToString());
    }

    /// <summary>The default of <see cref="DbCommand.CommandTimeout"/>, in seconds; 0 waits for ever. The default is 30.</summary>
    [DisplayName(CommandTimeoutKeyword)]
    public int CommandTimeout
    {
        get => Text(CommandTimeoutKeyword) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultCommandTimeout;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Set(CommandTimeoutKeyword, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Bytes that all commands of the process on this lake may use together; null leaves the choice to the library. The text form takes units: <c>512MB</c>, <c>4GB</c> (powers of 1024).</summary>
    [DisplayName(MemoryLimitKeyword)]
    public long? MemoryLimit
    {
        get => Text(MemoryLimitKeyword) is { } text ? ByteSize.Parse(text) : null;
        set => SetSize(MemoryLimitKeyword, value);
    }

    /// <summary>Bytes that one command may use before it spills; null means half of <see cref="MemoryLimit"/>. The text form takes units.</summary>
    [DisplayName(CommandMemoryLimitKeyword)]
    public long? CommandMemoryLimit
    {
        get => Text(CommandMemoryLimitKeyword) is { } text ? ByteSize.Parse(text) : null;
        set => SetSize(CommandMemoryLimitKeyword, value);
    }

    /// <summary>How many workers run statements; 0, the default, means one per core.</summary>
    [DisplayName(ThreadsKeyword)]
    public int Threads
    {
        get => Text(ThreadsKeyword) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Set(ThreadsKeyword, value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Whether <c>CREATE TABLE</c> and <c>INSERT</c> may make tables in memory, which all connections of the process with this connection string share. The default is false.</summary>
    [DisplayName(ScratchTablesKeyword)]
    public bool ScratchTables
    {
        get => Text(ScratchTablesKeyword) is { } text && bool.Parse(text);
        set => Set(ScratchTablesKeyword, value ? "True" : "False");
    }

    /// <summary>
    /// A folder, each <c>.jsonl</c>, <c>.json</c> (a line an object), <c>.csv</c> and <c>.parquet</c> file of which is a table of the file's name; a relative path follows the
    /// current directory. Files that come or change later count for the next statement.
    /// </summary>
    [DisplayName(StaticTablesKeyword)]
    public string StaticTables
    {
        get => Text(StaticTablesKeyword) ?? "";
        set => Set(StaticTablesKeyword, value);
    }

    /// <summary>
    /// Whether Parquet files in directories are mapped into memory instead of being copied from the system's cache: they do not count in <see cref="MemoryLimit"/> then, and
    /// statements that open many files do so faster. A file that somebody cuts off while it is read, or a disk that fails, ends the process. The default is false.
    /// </summary>
    [DisplayName(MapFilesKeyword)]
    public bool MapFiles
    {
        get => Text(MapFilesKeyword) is { } text && bool.Parse(text);
        set => Set(MapFilesKeyword, value.ToString());
    }

    /// <inheritdoc />
    public override ICollection Keys => Array.FindAll(Keywords, keyword => base.ContainsKey(keyword));

    /// <inheritdoc />
    public override ICollection Values => Array.ConvertAll(Array.FindAll(Keywords, keyword => base.ContainsKey(keyword)), keyword => this[keyword]);

    /// <inheritdoc />
    public override bool IsFixedSize => true;

    /// <inheritdoc />
    [AllowNull]
    public override object this[string keyword]
    {
        get => Get(Canonical(keyword))!;
        set
        {
            var canonical = Canonical(keyword);
            if (value is null)
            {
                base.Remove(canonical);
                return;
            }

            try
            {
                Assign(canonical, value);
            }
            catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException or ArgumentException)
            {
                throw new ArgumentException($"'{value}' is not a value for '{canonical}' in a connection string: {e.Message}", nameof(value), e);
            }
        }
    }

    /// <inheritdoc />
    public override bool ContainsKey(string keyword)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        return Synonyms.TryGetValue(keyword, out var canonical) && base.ContainsKey(canonical);
    }

    /// <inheritdoc />
    public override bool Remove(string keyword)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        return Synonyms.TryGetValue(keyword, out var canonical) && base.Remove(canonical);
    }

    /// <inheritdoc />
    public override bool ShouldSerialize(string keyword)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        return Synonyms.TryGetValue(keyword, out var canonical) && base.ShouldSerialize(canonical);
    }

    /// <inheritdoc />
    public override bool TryGetValue(string keyword, [NotNullWhen(true)] out object? value)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        value = Synonyms.TryGetValue(keyword, out var canonical) ? Get(canonical) : null;
        return value is not null;
    }

    /// <summary>The data source for messages: without the options of a bucket's address, which may hold keys.</summary>
    internal string PublicDataSource => S3ObjectStoreOptions.IsAddress(DataSource) ? DataSource.Split('?', 2)[0] : DataSource;

    /// <summary>Where the lake is.</summary>
    /// <exception cref="ArgumentException">No data source, or one of an unknown kind.</exception>
    internal LakeAddress ResolveLake()
    {
        var source = DataSource;
        if (string.IsNullOrWhiteSpace(source))
        {
            throw new ArgumentException($"The connection string names no lake: set '{DataSourceKeyword}' to a directory or a bucket.");
        }

        if (S3ObjectStoreOptions.IsAddress(source))
        {
            return LakeAddress.OfServices(source, Catalog.Length > 0 ? Catalog : null);
        }

        var directory = Directory(source);
        return Catalog.Length > 0 ? LakeAddress.OfServices(directory, Catalog) : LakeAddress.OfDirectory(directory);
    }

    private static string Directory(string source)
    {
        var scheme = source.IndexOf("://", StringComparison.Ordinal);
        if (!source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return scheme <= 1 ? source : throw new ArgumentException(source[..scheme].ToUpperInvariant() switch
            {
                "GS" or "GCS" => "Google's stores are reached through their S3 interface: s3://bucket?endpoint=… with an HMAC key.",
                "AZ" or "AZURE" or "ABFS" or "ABFSS" or "ADL" => "Azure's stores are not supported; a directory and a bucket that speaks S3 are.",
                "POSTGRES" or "POSTGRESQL" => $"A database is a lake's '{CatalogKeyword}'; its '{DataSourceKeyword}' is where the objects are.",
                _ => $"'{source[..scheme]}://' is no kind of data source; a directory, a file: URI and an s3:// address are.",
            });
        }

        // file:relative and file:/absolute are both common, and neither is a well-formed absolute URI everywhere.
        return Uri.UnescapeDataString(scheme > 0 && Uri.TryCreate(source, UriKind.Absolute, out var uri) ? uri.LocalPath : source["file:".Length..]);
    }

    private static Dictionary<string, string> CreateSynonyms()
    {
        var synonyms = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var keyword in Keywords)
        {
            synonyms[keyword] = keyword;
            synonyms[keyword.Replace(" ", "", StringComparison.Ordinal)] = keyword;
        }

        synonyms["Default Timeout"] = CommandTimeoutKeyword;
        return synonyms;
    }

    private static string Canonical(string keyword)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        return Synonyms.TryGetValue(keyword, out var canonical)
            ? canonical
            : throw new ArgumentException($"'{keyword}' is not a keyword of a connection string; there are: {string.Join(", ", Keywords)}.", nameof(keyword));
    }

    private void Assign(string canonical, object value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        switch (canonical)
        {
            case ModeKeyword:
                Mode = value as MicromegasOpenMode? ?? (int.TryParse(text, out _)
                    ? throw new FormatException("A name is expected: " + string.Join(", ", Enum.GetNames<MicromegasOpenMode>()) + ".")
                    : Enum.Parse<MicromegasOpenMode>(text, ignoreCase: true));
                break;
            case RangeKeyword:
                Range = value as MicromegasRange? ?? MicromegasRange.Parse(text);
                break;
            case CommandTimeoutKeyword:
                CommandTimeout = int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture);
                break;
            case MemoryLimitKeyword:
                MemoryLimit = ByteSize.Parse(text);
                break;
            case CommandMemoryLimitKeyword:
                CommandMemoryLimit = ByteSize.Parse(text);
                break;
            case ThreadsKeyword:
                Threads = int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture);
                break;
            case ScratchTablesKeyword:
                ScratchTables = bool.Parse(text);
                break;
            case MapFilesKeyword:
                MapFiles = bool.Parse(text);
                break;
            default:
                Set(canonical, text);
                break;
        }
    }

    // Sizes stay texts, because the base class writes connection strings from these values and 512MB reads better than its digits.
    private object? Get(string canonical) => canonical switch
    {
        ModeKeyword => Mode,
        RangeKeyword => Range,
        CommandTimeoutKeyword => CommandTimeout,
        MemoryLimitKeyword or CommandMemoryLimitKeyword => Text(canonical),
        ThreadsKeyword => Threads,
        ScratchTablesKeyword => ScratchTables,
        MapFilesKeyword => MapFiles,
        _ => Text(canonical),
    };

    private string? Text(string canonical) => base.TryGetValue(canonical, out var value) ? (string)value : null;

    private void Set(string canonical, string? text)
    {
        if (text is null)
        {
            base.Remove(canonical);
        }
        else
        {
            base[canonical] = text;
        }
    }

    private void SetSize(string canonical, long? bytes)
    {
        if (bytes is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, canonical);
        }

        Set(canonical, bytes is { } b ? ByteSize.Format(b) : null);
    }
}
