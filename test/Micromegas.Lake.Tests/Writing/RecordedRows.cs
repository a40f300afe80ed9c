using System.Text;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Writing;

internal sealed record RecordedLine(long Time, string Target, int Level, string Message, string Properties);

internal sealed record RecordedMeasure(long Time, string Target, string Name, string Unit, double Value, string Properties);

/// <summary>What a lake says of what was recorded.</summary>
internal static class RecordedRows
{
    public static async Task<LakeHost> OpenAsync(TimeProvider clock, IObjectStore? store = null)
    {
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(clock, default);
        return new LakeHost(":memory:", catalog, store ?? new MemoryObjectStore(clock), new LakeOptions { TimeProvider = clock });
    }

    public static async Task<List<RecordedLine>> LinesAsync(LakeHost lake) =>
        [.. (await RowsAsync(lake, "log_entries")).Select(r => new RecordedLine((long)r[7]!, Text(r[8]), (int)r[9]!, Text(r[10]), Json(r[11])))];

    public static async Task<List<RecordedMeasure>> MeasuresAsync(LakeHost lake) =>
        [.. (await RowsAsync(lake, "measures")).Select(r => new RecordedMeasure((long)r[7]!, Text(r[8]), Text(r[9]), Text(r[10]), (double)r[11]!, Json(r[12])))];

    public static async Task<IReadOnlyList<SourceBlock>> BlocksAsync(LakeHost lake) => await lake.Catalog.ListBlocksAsync(default, default);

    private static async Task<List<object?[]>> RowsAsync(LakeHost lake, string view) =>
        await TableRows.ReadAsync((await lake.Tables.FindTableAsync(view, default))!);

    private static string Text(object? value) => Assert.IsType<string>(value);

    private static string Json(object? value)
    {
        using var text = new PooledBuffer();
        JsonbText.FormatDocument(Assert.IsType<byte[]>(value), text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
