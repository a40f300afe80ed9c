using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Rows whose keys are found through the direct index get the numbers that looking each of them up would give, wherever in a batch a key is new.</summary>
public sealed unsafe class KeyEncoderTests
{
    private const int Codes = 60;

    private readonly Random random = new(20261123);

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(Batch.MaxRows)]
    public void Codes_beside_runs(int rowCount)
    {
        using var table = new KeyTable([DataType.Int64, DataType.DictionaryUtf8]);
        using var encoder = new KeyEncoder(table, add: true);
        using var names = Names();
        var expected = new Dictionary<(long, int), int>();
        using var minutes = FlatVector<long>.Allocate(DataType.Int64, rowCount);
        for (var batch = 0; batch < 30; batch++)
        {
            for (var row = 0; row < rowCount; row++)
            {
                minutes.Span[row] = 1_000_000L * ((batch / 4) + (row / 300));
                names.Codes[row] = NextCode(row);
            }
            names.Prepare(names.Values, rowCount);
            var numbers = new int[rowCount];
            fixed (int* first = numbers)
            {
                Assert.Equal(0, encoder.TryResolveRuns([minutes, names], rowCount).Length);
                encoder.Resolve([minutes, names], null, rowCount, first);
            }
            for (var row = 0; row < rowCount; row++)
            {
                expected.TryAdd((minutes.Span[row], names.Codes[row]), expected.Count);
                Assert.Equal(expected[(minutes.Span[row], names.Codes[row])], numbers[row]);
            }
        }
        Assert.Equal(expected.Count, table.Count);
    }

    [Fact]
    public void Selected_codes()
    {
        using var table = new KeyTable([DataType.DictionaryUtf8]);
        using var encoder = new KeyEncoder(table, add: true);
        using var names = Names();
        using var selection = new Selection();
        var expected = new Dictionary<int, int>();
        for (var batch = 0; batch < 30; batch++)
        {
            for (var row = 0; row < Batch.MaxRows; row++)
            {
                names.Codes[row] = Math.Min(NextCode(row), batch * 7);
            }
            selection.Count = 0;
            for (var row = 0; row < Batch.MaxRows; row++)
            {
                if (random.Next(3) > 0)
                {
                    selection.Rows[selection.Count++] = row;
                }
            }
            names.Prepare(names.Values, Batch.MaxRows);
            var numbers = new int[Batch.MaxRows];
            Array.Fill(numbers, int.MinValue);
            fixed (int* first = numbers)
            {
                encoder.Resolve([names], selection, Batch.MaxRows, first);
            }
            var selected = selection.Span.ToArray().ToHashSet();
            for (var row = 0; row < Batch.MaxRows; row++)
            {
                if (!selected.Contains(row))
                {
                    Assert.Equal(int.MinValue, numbers[row]);
                    continue;
                }
                expected.TryAdd(names.Codes[row], expected.Count);
                Assert.Equal(expected[names.Codes[row]], numbers[row]);
            }
        }
    }

    [Fact]
    public void Keys_that_are_not_there_have_no_number()
    {
        using var table = new KeyTable([DataType.DictionaryUtf8]);
        using var adding = new KeyEncoder(table, add: true);
        using var finding = new KeyEncoder(table, add: false);
        using var names = Names();
        var numbers = new int[Batch.MaxRows];
        fixed (int* first = numbers)
        {
            for (var row = 0; row < Batch.MaxRows; row++)
            {
                names.Codes[row] = row % 2 * 3;
            }
            names.Prepare(names.Values, Batch.MaxRows);
            adding.Resolve([names], null, Batch.MaxRows, first);
            for (var row = 0; row < Batch.MaxRows; row++)
            {
                names.Codes[row] = NextCode(row);
            }
            names.Prepare(names.Values, Batch.MaxRows);
            for (var turn = 0; turn < 2; turn++)
            {
                Array.Fill(numbers, int.MinValue);
                finding.Resolve([names], null, Batch.MaxRows, first);
                Assert.Equal(Enumerable.Range(0, Batch.MaxRows).Select(row => names.Codes[row] switch { 0 => 0, 3 => 1, _ => -1 }), numbers);
            }
        }
    }

    /// <summary>Few codes at first, more the further a batch goes, so that some are new in every part of it.</summary>
    private int NextCode(int row) => random.Next(Math.Min(Codes, 4 + (row / 32)));

    private static DictionaryVector Names()
    {
        var names = new DictionaryVector(DataType.DictionaryUtf8, TestData.Column(DataType.Utf8, [.. Enumerable.Range(0, Codes).Select(static i => $"name {i}")])) { OwnsValues = true };
        names.Prepare(names.Values, Batch.MaxRows);
        return names;
    }
}
