using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Tests.Catalogs;

public sealed class PartitionSetTests
{
    [Fact]
    public void Finds_what_looking_at_each_partition_finds()
    {
        var random = new Random(7);
        PartitionRecord[] records = [.. Enumerable.Range(0, 300).Select(_ => Record(random))];
        var set = new PartitionSet(records);
        Assert.Equal(records, set);
        Assert.Equal(records.Count(p => !p.IsEmpty), set.FilledCount);
        for (int i = 0; i < 500; i++)
        {
            long begin = random.Next(-10, 1100);
            var range = new LakeTimeRange(begin, begin + random.Next(0, 60));
            Assert.Equal(records.Where(p => p.InsertRange.Touches(range)), set.InsertedAround(range));
            Assert.Equal(records.Where(p => p.EventRange is { } events && events.Touches(range)), set.WithEventsIn(range));
            Assert.Equal(records.Where(p => p.InsertRange.End <= begin).Sum(p => p.SourceCount ?? 0), set.SourceCountBefore(begin));
        }
    }

    [Fact]
    public void Leaves_out_what_breaks_a_rule()
    {
        var random = new Random(8);
        PartitionRecord[] records = [.. Enumerable.Range(0, 9).Select(_ => Record(random))];
        var whole = new PartitionSet(records);
        Assert.Same(whole, whole.Valid);
        records[4] = records[4] with { RowCount = -1 };
        Assert.Equal(records.Where((_, i) => i != 4), new PartitionSet(records).Valid);
    }

    private static PartitionRecord Record(Random random)
    {
        long begin = random.Next(0, 1000);
        bool isEmpty = random.Next(5) == 0;
        return new PartitionRecord
        {
            ViewSet = "log_entries",
            InstanceId = "global",
            InsertRange = new LakeTimeRange(begin, begin + random.Next(0, 30)),
            EventRange = isEmpty ? null : new LakeTimeRange(begin - 5, begin + random.Next(0, 100)),
            Updated = 0,
            FilePath = isEmpty ? null : "a",
            SchemaHash = [1],
            SourceHash = random.Next(9) == 0 ? [1, 2] : PartitionRecord.EncodeSourceCount(random.Next(100)),
            RowCount = isEmpty ? 0 : 10,
        };
    }
}
