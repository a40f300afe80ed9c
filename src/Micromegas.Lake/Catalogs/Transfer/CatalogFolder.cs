using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Micromegas.Lake.Catalogs.Transfer;

/// <summary>
/// A catalogue as a folder of JSON lines, one <c>&lt;table&gt;.jsonl.gz</c> (or <c>.jsonl</c>) per table: for backups, for moving to another kind of catalogue, and
/// for recorded lakes.
/// </summary>
internal static class CatalogFolder
{
    private const string Plain = ".jsonl";
    private const string Compressed = ".jsonl.gz";

    /// <summary>Writes all tables but the leases; files of that name are replaced.</summary>
    public static async Task ExportAsync(ILakeCatalog catalog, string folder, bool compress, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        foreach (CatalogTable table in CatalogSchema.Transferred)
        {
            IReadOnlyList<object?[]> rows = await catalog.ReadTableAsync(table, ct).ConfigureAwait(false);
            string path = Path.Combine(folder, table.Name + (compress ? Compressed : Plain));
            string unfinished = path + ".unfinished";
            try
            {
                await WriteAsync(unfinished, table, rows, compress, ct).ConfigureAwait(false);
                File.Move(unfinished, path, overwrite: true);
                File.Delete(Path.Combine(folder, table.Name + (compress ? Plain : Compressed)));
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
    }

    /// <summary>
    /// Fills an empty catalogue from a folder. A lake that says nothing about it counts as shared with upstream, unless <paramref name="sharing"/> decides.
    /// </summary>
    /// <exception cref="LakeException">The folder holds no catalogue, or one that cannot be used; nothing was written.</exception>
    public static async Task ImportAsync(ILakeCatalog catalog, string folder, LakeSharing? sharing, CancellationToken ct)
    {
        if (!Directory.Exists(folder))
        {
            throw Throw.NotALake(folder, "there is no such folder");
        }
        var tables = new List<(CatalogTable Table, IReadOnlyList<object?[]> Rows)>();
        foreach (CatalogTable table in CatalogSchema.Transferred)
        {
            string? file = new[] { Compressed, Plain }.Select(suffix => Path.Combine(folder, table.Name + suffix)).FirstOrDefault(File.Exists);
            bool isVersion = table == CatalogSchema.Migration || table == CatalogSchema.LakehouseMigration;
            if (file is null && isVersion)
            {
                throw Throw.NotALake(folder, $"it has no file '{table.Name}{Compressed}' or '{table.Name}{Plain}'");
            }
            tables.Add((table, file is null ? [] : await ReadAsync(file, table, ct).ConfigureAwait(false)));
        }
        await catalog.ReplaceContentAsync(tables, sharing, ct).ConfigureAwait(false);
    }

    private static async Task WriteAsync(string path, CatalogTable table, IReadOnlyList<object?[]> rows, bool compress, CancellationToken ct)
    {
        Stream stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true);
        if (compress)
        {
            stream = new GZipStream(stream, CompressionLevel.Optimal);
        }
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new ArrayBufferWriter<byte>();
            using var writer = new Utf8JsonWriter(buffer, CatalogJson.WriterOptions);
            foreach (object?[] row in rows)
            {
                CatalogRowJson.Write(writer, table, row);
                await writer.FlushAsync(ct).ConfigureAwait(false);
                buffer.Write("\n"u8);
                await stream.WriteAsync(buffer.WrittenMemory, ct).ConfigureAwait(false);
                buffer.ResetWrittenCount();
                writer.Reset();
            }
        }
    }

    private static async Task<IReadOnlyList<object?[]>> ReadAsync(string file, CatalogTable table, CancellationToken ct)
    {
        var rows = new List<object?[]>();
        long line = 0;
        try
        {
            Stream stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
            if (file.EndsWith(".gz", StringComparison.Ordinal))
            {
                stream = new GZipStream(stream, CompressionMode.Decompress);
            }
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(ct).ConfigureAwait(false) is { } text)
            {
                line++;
                if (text.Length != 0)
                {
                    using JsonDocument document = JsonDocument.Parse(text);
                    rows.Add(CatalogRowJson.Read(table, document.RootElement));
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or InvalidDataException)
        {
            throw Throw.BadCatalogFile(Path.GetFileName(file), line, e.Message, e);
        }
        return rows;
    }
}
