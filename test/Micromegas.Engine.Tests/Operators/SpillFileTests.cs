using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Spilling;
using Micromegas.Engine.Tests.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class SpillFileTests
{
    [Fact]
    public void What_was_spilled_comes_back_and_leaves_nothing_in_the_folder_even_of_a_killed_process()
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-spill-");
        try
        {
            var context = TestPlans.Context(new EngineOptions { TemporaryFolder = folder.FullName });
            using (var file = new SpillFile(context, new OperatorStatistics(), "Sort"))
            {
                using var builder = VectorBuilder.Create(DataType.Utf8);
                builder.AppendValue("one");
                builder.AppendValue("two");
                using var column = builder.Build();
                var first = file.Write([column], 2);
                var second = file.Write([column], 1);

                // Windows deletes the file with its last handle; elsewhere it has lost its name already.
                Assert.Equal(OperatingSystem.IsWindows() ? 1 : 0, folder.EnumerateFiles().Count());
                Assert.Equal(["one", "two"], Texts(file.Read(first, [DataType.Utf8]), 2));
                Assert.Equal(["one"], Texts(file.Read(second, [DataType.Utf8]), 1));
            }
            Assert.Empty(folder.EnumerateFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void One_set_of_vectors_takes_batch_after_batch()
    {
        var types = new[] { DataType.Int64, DataType.Utf8, DataType.Boolean, DataType.List(DataType.Int64) };
        var first = new object?[][] { [1L, null, 3L], ["one", "two", null], [true, null, false], [new object?[] { 1L, null }, null, Array.Empty<object?>()] };
        var second = new object?[][] { [4L, 5L], ["four", "a longer text than any before"], [false, true], [new object?[] { 7L }, new object?[] { 8L, 9L, 10L }] };
        using var file = new SpillFile(TestPlans.Context(new EngineOptions()), new OperatorStatistics(), "Join");
        var places = new[] { Write(file, types, first), Write(file, types, second) };
        using var columns = new SpilledColumns(new Schema(types.Select(static (type, i) => new Field($"{i}", type)).ToArray()));

        Assert.Equal(first, Values(columns.Read(file, places[0]), 3));
        var numbers = columns.Read(file, places[1])[0];
        Assert.Equal(second, Values(columns.Read(file, places[1]), 2));
        columns.Free();
        Assert.Equal(first, Values(columns.Read(file, places[0]), 3));
        Assert.Same(numbers, columns.Read(file, places[0])[0]);
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(122, true)]
    [InlineData(unchecked((int)0x80070070), true)]
    [InlineData(5, false)]
    public void A_full_folder_is_told_from_other_faults(int code, bool isFull) => Assert.Equal(isFull, SpillFile.IsFull(new IOException("no", code)));

    [Fact]
    public void A_folder_that_is_not_there_is_a_typed_error_that_names_the_operator()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"micromegas-missing-{Guid.NewGuid():N}");
        using var file = new SpillFile(TestPlans.Context(new EngineOptions { TemporaryFolder = folder }), new OperatorStatistics(), "Sort");

        var error = Assert.Throws<EngineException>(() => file.WriteBytes([1, 2, 3]));
        Assert.Equal(SqlState.IoError, error.SqlState);
        Assert.StartsWith("Sort: ", error.Message, StringComparison.Ordinal);
    }

    private static SpilledBatch Write(SpillFile file, DataType[] types, object?[][] values)
    {
        var columns = types.Select((type, i) =>
        {
            using var builder = VectorBuilder.Create(type);
            foreach (var value in values[i])
            {
                builder.AppendValue(value);
            }
            return builder.Build();
        }).ToArray();
        var place = file.Write(columns, values[0].Length);
        foreach (var column in columns)
        {
            column.Dispose();
        }
        return place;
    }

    private static object?[][] Values(Vector[] columns, int rows) =>
        [.. columns.Select(column => Enumerable.Range(0, rows).Select(row => column.GetValue(row)).ToArray())];

    private static string[] Texts(Vector[] columns, int rows)
    {
        using var column = (Utf8Vector)Assert.Single(columns);
        return [.. Enumerable.Range(0, rows).Select(row => System.Text.Encoding.UTF8.GetString(column[row]))];
    }
}
