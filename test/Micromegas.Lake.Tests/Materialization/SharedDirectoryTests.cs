using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Several hosts, as several processes have them, on one directory.</summary>
public sealed class SharedDirectoryTests : IDisposable
{
    private const string Process = "4f9fb480-50c9-470a-926e-b23a3acfa936";
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_processes_that_ask_the_same_write_one_partition()
    {
        await CreateAsync(LakeSharing.Exclusive);
        for (int round = 0; round < 3; round++)
        {
            string view = round == 0 ? "log_entries" : "measures";
            await using LakeHost a = await LakeHost.OpenAsync(_folder.Path, LakeMode.ReadWrite, null, default);
            await using LakeHost b = await LakeHost.OpenAsync(_folder.Path, LakeMode.ReadWriteCreate, null, default);
            (List<object?[]> Rows, QueryStatistics Statistics)[] answers = await Task.WhenAll(
                Task.Run(() => Ask(a, view, round)), Task.Run(() => Ask(b, view, round)));
            ViewReader.AssertSameRows(answers[0].Rows, answers[1].Rows);
            Assert.Equal(1, answers.Sum(x => x.Statistics.PartitionsWritten));
        }

        static Task<(List<object?[]> Rows, QueryStatistics Statistics)> Ask(LakeHost lake, string view, int round) =>
            round == 2 ? lake.ReadViewAsync(view) : lake.ReadInstanceAsync(view, Process);
    }

    [Fact]
    public async Task A_lake_open_for_reading_is_answered_from_blocks_and_stays_as_it_is()
    {
        await CreateAsync(LakeSharing.Exclusive);
        string[] before = Files();
        await using (LakeHost lake = await LakeHost.OpenAsync(_folder.Path, LakeMode.ReadOnly, null, default))
        {
            (List<object?[]> instance, QueryStatistics statistics) = await lake.ReadInstanceAsync("log_entries", Process);
            Assert.Equal((0, instance.Count), (statistics.PartitionsWritten, statistics.LiveRows));
            (List<object?[]> global, _) = await lake.ReadViewAsync("log_entries");
            ViewReader.AssertSameRows(global.FindAll(r => (string)r[0]! == Process), instance);
            Assert.Empty(await lake.Catalog.ListPartitionsAsync(default, default));
        }
        Assert.Equal(before, Files());
    }

    private string[] Files() => Directory.EnumerateFiles(Path.Combine(_folder.Path, "store"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();

    private async Task CreateAsync(LakeSharing sharing)
    {
        await using (LakeHost lake = await LakeHost.OpenAsync(_folder.Path, LakeMode.ReadWriteCreate, null, default))
        {
            await lake.ImportCatalogAsync(GoldenLake.CatalogFolder("ingest"), sharing, default);
        }
        await CopyBlobsAsync();
    }

    private async Task CopyBlobsAsync()
    {
        foreach (string file in Directory.EnumerateFiles(GoldenLake.IngestStore, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder.Path, "store", Path.GetRelativePath(GoldenLake.IngestStore, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using FileStream from = File.OpenRead(file);
            await using FileStream to = File.Create(target);
            await from.CopyToAsync(to);
        }
    }
}
