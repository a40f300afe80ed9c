using System.Collections.Concurrent;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Tables.Static;

/// <summary>
/// Files of JSON lines, CSV or Parquet as tables (spec/lakehouse.md §6.9). A file is looked at when a statement names its table: one that has changed is read anew, one that
/// is broken fails the statements that name it and no others (§11.2 W15).
/// </summary>
public sealed class StaticTables : ITableSource
{
    private static readonly (string Extension, StaticFormat Format)[] s_extensions =
        [(".jsonl", StaticFormat.JsonLines), (".json", StaticFormat.JsonLines), (".csv", StaticFormat.Csv),
        (".parquet", StaticFormat.Parquet)];

    private readonly Dictionary<string, StaticFile> _files = new(StringComparer.Ordinal);
    private readonly List<string> _folders = [];
    private readonly ConcurrentDictionary<StaticFile, (FileStamp Stamp, ITable Table)> _opened = new();

    /// <inheritdoc/>
    public IEnumerable<string> Names => _files.Keys.Union(_folders.SelectMany(FilesOf).Select(f => f.Name));

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _files.Count + _folders.Count == 0;

    /// <summary>Adds a file as a table; false when the name is taken.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="schema">Its columns; null to find them in the file.</param>
    /// <exception cref="EngineException">A column has a type that cannot be read from text.</exception>
    public bool Add(string name, string path, StaticFormat format, Schema? schema)
    {
        foreach (Field field in schema?.Fields ?? [])
        {
            TextValues.Check(field.Type);
        }
        return _files.TryAdd(name, new StaticFile(name, path, format, schema));
    }

    /// <summary>The files of a folder.</summary>
    public static StaticTables Of(string folder)
    {
        var tables = new StaticTables();
        tables.AddFolder(folder);
        return tables;
    }

    /// <summary>Adds every <c>.jsonl</c>, <c>.json</c>, <c>.csv</c> and <c>.parquet</c> file that is in a folder whenever a statement asks, named after the file.</summary>
    public void AddFolder(string path) => _folders.Add(path);

    /// <inheritdoc/>
    public async ValueTask<ITable?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!_files.TryGetValue(name, out StaticFile? file) && (file = _folders.SelectMany(FilesOf).FirstOrDefault(f => f.Name == name)) is null)
        {
            return null;
        }
        FileStamp stamp = FileStamp.Of(file);
        if (_opened.TryGetValue(file, out (FileStamp Stamp, ITable Table) opened) && opened.Stamp == stamp)
        {
            return opened.Table;
        }
        ITable table = file.Format == StaticFormat.Parquet
            ? await OpenParquetAsync(file, cancellationToken).ConfigureAwait(false)
            : await TextTable.OpenAsync(file, stamp, cancellationToken).ConfigureAwait(false);
        _opened[file] = (stamp, table);
        return table;
    }

    private static async ValueTask<ITable> OpenParquetAsync(StaticFile file, CancellationToken ct)
    {
        try
        {
            return await ParquetTable.OpenAsync(
                new DirectoryObjectStore(Path.GetDirectoryName(file.Path)!), [Path.GetFileName(file.Path)], ct).ConfigureAwait(false);
        }
        catch (ParquetException e)
        {
            throw file.Error(SqlState.DataCorrupted, null, e.Message, e);
        }
        catch (Exception e) when (e is ObjectStoreException or ArgumentException)
        {
            throw file.Error(SqlState.IoError, null, e.Message, e);
        }
    }

    private static IEnumerable<StaticFile> FilesOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }
        foreach ((string extension, StaticFormat format) in s_extensions)
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*" + extension).Order(StringComparer.Ordinal))
            {
                // The system's pattern for ".json" may take ".jsonl" along.
                if (Path.GetExtension(path) == extension)
                {
                    yield return new StaticFile(Path.GetFileNameWithoutExtension(path), path, format, null);
                }
            }
        }
    }
}

/// <summary>A file that is a table.</summary>
internal sealed record StaticFile(string Name, string Path, StaticFormat Format, Schema? Schema)
{
    /// <exception cref="EngineException">Always.</exception>
    public EngineException Error(string sqlState, long? line, string message, Exception? cause = null) =>
        new(sqlState, $"static table '{Name}' ({System.IO.Path.GetFileName(Path)}{(line is { } number ? $", line {number}" : "")}): {message}", cause!);
}

/// <summary>By what it is seen that a file has changed.</summary>
internal readonly record struct FileStamp(long Length, DateTime Written)
{
    /// <exception cref="EngineException">The file cannot be found.</exception>
    public static FileStamp Of(StaticFile file)
    {
        try
        {
            var info = new FileInfo(file.Path);
            return info.Exists ? new FileStamp(info.Length, info.LastWriteTimeUtc) : throw file.Error(SqlState.IoError, null, "the file is missing");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw file.Error(SqlState.IoError, null, e.Message, e);
        }
    }
}
