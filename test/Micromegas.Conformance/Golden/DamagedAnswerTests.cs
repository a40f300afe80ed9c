using System.Numerics;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Comparison;
using Micromegas.Golden.Results;
using Micromegas.Golden.Types;

namespace Micromegas.Conformance.Golden;

/// <summary>
/// The comparison is worth what it notices: every recorded answer is damaged in each way that applies, and each damage must be seen.
/// </summary>
public sealed class DamagedAnswerTests
{
    [Fact]
    public void A_changed_value_fails()
    {
        var damaged = 0;
        foreach (var answer in GoldenFiles.Answers.Where(answer => answer.Compare is not (CompareRule.Shape or CompareRule.Refused)))
        {
            for (var row = 0; row < answer.Rows.Count; row++)
            {
                for (var column = 0; column < answer.Columns.Count; column++)
                {
                    // All cells of small answers, a diagonal through large ones.
                    if (answer.Rows.Count > 10 && (row + column) % 7 != 0)
                    {
                        continue;
                    }

                    var actual = GoldenFiles.Perfect(answer);
                    actual.Rows[row][column] = Changed(actual.Rows[row][column]);
                    AssertSeen(answer, actual);
                    damaged++;
                }
            }
        }

        Assert.True(damaged > 10_000, $"only {damaged} values were damaged");
    }

    [Fact]
    public void A_null_for_a_value_and_a_value_for_a_null_fail()
    {
        foreach (var answer in GoldenFiles.Answers.Where(answer => answer.Compare is not (CompareRule.Shape or CompareRule.Refused) && answer.Rows.Count > 0))
        {
            for (var column = 0; column < answer.Columns.Count; column++)
            {
                var actual = GoldenFiles.Perfect(answer);
                actual.Rows[0][column] = actual.Rows[0][column] is null ? "" : null;
                AssertSeen(answer, actual);
            }
        }
    }

    [Fact]
    public void A_changed_type_fails()
    {
        foreach (var answer in GoldenFiles.Answers)
        {
            for (var column = 0; column < answer.Columns.Count; column++)
            {
                var other = answer.Columns[column].Type.Name == "Int64" ? "int32" : "int64";
                AssertSeen(answer, WithColumn(answer, column, answer.Columns[column] with { Type = ArrowCppTypes.Parse(other) }));
            }
        }
    }

    [Fact]
    public void A_changed_column_name_or_number_fails()
    {
        foreach (var answer in GoldenFiles.Answers.Where(answer => answer.Columns.Count > 0))
        {
            AssertSeen(answer, WithColumn(answer, 0, answer.Columns[0] with { Name = answer.Columns[0].Name + "_" }));
            AssertSeen(answer, GoldenFiles.Perfect(answer) with { Columns = [.. answer.Columns, answer.Columns[0]] });
            AssertSeen(answer, GoldenFiles.Perfect(answer) with { Columns = [.. answer.Columns.Skip(1)] });
        }
    }

    [Fact]
    public void A_changed_order_fails()
    {
        var swapped = 0;
        foreach (var answer in GoldenFiles.Answers.Where(answer => answer.Compare is CompareRule.Rows or CompareRule.FirstRows))
        {
            for (var row = 1; row < answer.Rows.Count; row++)
            {
                var actual = GoldenFiles.Perfect(answer);
                var rows = actual.Rows.ToArray();
                (rows[row - 1], rows[row]) = (rows[row], rows[row - 1]);
                // Whether two neighbours are equal is asked of the comparison of sets, which knows no order but the same values.
                var alone = answer with { Compare = CompareRule.Rows, RowCount = 1, Rows = [answer.Rows[row]] };
                if (AnswerComparer.Compare(alone, actual with { Rows = [answer.Rows[row - 1]] }).Verdict != Verdict.Same)
                {
                    AssertSeen(answer, actual with { Rows = rows });
                    swapped++;
                }
            }
        }

        Assert.True(swapped > 3_000, $"only {swapped} pairs of rows were swapped");
    }

    [Fact]
    public void A_row_too_many_or_too_few_fails()
    {
        foreach (var answer in GoldenFiles.Answers.Where(answer => answer.Error is null))
        {
            var actual = GoldenFiles.Perfect(answer);
            AssertSeen(answer, actual with { Rows = [.. actual.Rows, answer.Rows.Count > 0 ? actual.Rows[0] : new object?[answer.Columns.Count]] });
            if (actual.Rows.Count > 0)
            {
                AssertSeen(answer, actual with { Rows = [.. actual.Rows.SkipLast(1)] });
            }
        }
    }

    [Fact]
    public void An_error_for_an_answer_and_an_answer_for_an_error_fail()
    {
        foreach (var answer in GoldenFiles.Answers)
        {
            AssertSeen(answer, answer.Error is null ? new Result { Exception = new RecordedRefusal(Refusal.Data) } : new Result());
        }
    }

    private static void AssertSeen(Answer answer, Result actual)
    {
        var verdict = AnswerComparer.Compare(answer, actual).Verdict;
        if (verdict is not (Verdict.Different or Verdict.Answered))
        {
            Assert.Fail($"{verdict} although damaged: {answer.Group} {answer.Id}: {answer.Sql}");
        }
    }

    private static Result WithColumn(Answer answer, int index, AnswerColumn column)
    {
        var columns = answer.Columns.ToArray();
        columns[index] = column;
        return GoldenFiles.Perfect(answer) with { Columns = columns };
    }

    private static object? Changed(object? value) => value switch
    {
        null => Int128.Zero,
        bool flag => !flag,
        // Approximate counts may be a fiftieth off, so the damage is larger than that.
        Int128 number => number + 1 + (Int128.Abs(number) / 10),
        BigInteger number => number + 1,
        double number when double.IsNaN(number) => 0.0,
        double number when double.IsInfinity(number) => double.NaN,
        0.0 => 1.0,
        double number => number * 1.1,
        string text => text + "0",
        IntervalValue interval => interval with { Nanoseconds = interval.Nanoseconds + 1 },
        object?[] { Length: 0 } => new object?[] { null },
        object?[] items => items.Select((item, i) => i == items.Length - 1 ? Changed(item) : item).ToArray(),
        _ => throw new InvalidOperationException($"No damage is known for {value.GetType()}."),
    };
}
