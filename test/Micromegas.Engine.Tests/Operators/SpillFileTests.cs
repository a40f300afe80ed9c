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

    private static string[] Texts(Vector[] columns, int rows)
    {
        using var column = (Utf8Vector)Assert.Single(columns);
        return [.. Enumerable.Range(0, rows).Select(row => System.Text.Encoding.UTF8.GetString(column[row]))];
    }
}
