using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>The freshness test of spec/lakehouse.md §5.4.</summary>
public sealed class JitFreshnessTests
{
    private static readonly byte[] s_hash = [6];

    [Theory]
    // prescribed begin-end:count ; recorded begin-end:count ; stale indexes
    [InlineData("1-5:10", "1-5:10", "")]
    [InlineData("1-5:10", "1-5:9", "0")]
    [InlineData("1-5:10", "1-7:12", "")]
    [InlineData("1-5:10", "0-1:4", "0")]
    [InlineData("1-5:10", "1-3:5 4-5:5", "0")]
    [InlineData("1-5:10", "", "0")]
    [InlineData("3-3:10", "3-3:10", "")]
    [InlineData("3-3:10", "1-5:10", "0")]
    [InlineData("3-3:10", "3-3:10 3-3:10", "0")]
    [InlineData("1-5:10 6-9:10", "1-5:10 6-9:10", "")]
    [InlineData("1-5:10 6-9:10", "1-5:10", "1")]
    // the stale second one will retire the row that the first relies on
    [InlineData("1-4:10 4-9:20", "4-8:15", "0 1")]
    // and so on to the next neighbour
    [InlineData("1-4:10 4-9:20 9-12:5", "4-8:15 9-9:7", "0 1 2")]
    public void Insert_ordered(string prescribed, string recorded, string stale) =>
        Assert.Equal(stale, string.Join(' ', JitFreshness.StaleInsertOrdered(Prescribed(prescribed), Recorded(recorded), s_hash)));

    [Fact]
    public void Another_schema_is_not_fresh()
    {
        Assert.Equal([0], JitFreshness.StaleInsertOrdered(Prescribed("1-5:10"), Recorded("1-5:10"), [7]));
        Assert.False(JitFreshness.IsUpToDateEventOrdered(Prescribed("1-5:10")[0], Recorded("1-5:10"), [7]));
    }

    [Theory]
    [InlineData("1-5:10", "1-5:10", true)]
    [InlineData("1-5:10", "1-5:11", false)]
    [InlineData("1-5:10", "1-6:10", false)]
    [InlineData("1-5:10", "1-5:10 1-5:10", false)]
    [InlineData("1-5:10", "1-5:10 2-3:10", true)]
    public void Event_ordered(string prescribed, string recorded, bool fresh) =>
        Assert.Equal(fresh, JitFreshness.IsUpToDateEventOrdered(Prescribed(prescribed)[0], Recorded(recorded), s_hash));

    private static JitPartition[] Prescribed(string text) => Parse(text).Select(p => new JitPartition([], p.Range, p.Count)).ToArray();

    private static PartitionRecord[] Recorded(string text) => Parse(text).Select(p => new PartitionRecord
    {
        ViewSet = "v",
        InstanceId = "i",
        InsertRange = p.Range,
        Updated = 0,
        SchemaHash = s_hash,
        SourceHash = PartitionRecord.EncodeSourceCount(p.Count),
    }).ToArray();

    private static IEnumerable<(LakeTimeRange Range, long Count)> Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
    {
        string[] parts = part.Split('-', ':');
        return (new LakeTimeRange(long.Parse(parts[0]), long.Parse(parts[1])), long.Parse(parts[2]));
    });
}
