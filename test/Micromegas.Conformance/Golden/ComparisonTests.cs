using Micromegas.Golden.Answers;
using Micromegas.Golden.Comparison;
using Micromegas.Golden.Results;
using Micromegas.Golden.Types;

namespace Micromegas.Conformance.Golden;

/// <summary>The rules of test/golden/README.md, case by case.</summary>
public sealed class ComparisonTests
{
    [Fact]
    public void The_recorded_answers_pass_their_own_comparison() =>
        Assert.All(GoldenFiles.Answers, answer => Assert.Equal(Verdict.Same, AnswerComparer.Compare(answer, GoldenFiles.Perfect(answer)).Verdict));

    [Fact]
    public void Every_rule_of_the_files_occurs()
    {
        var rules = GoldenFiles.Answers.Select(answer => answer.Compare).Distinct();

        Assert.Superset(new HashSet<CompareRule> { CompareRule.Rows, CompareRule.Set, CompareRule.Shape, CompareRule.Refused }, rules.ToHashSet());
        Assert.True(GoldenFiles.Answers.Count > 1900);
    }

    [Theory]
    [InlineData("syntax", "42601", "Same")]
    [InlineData("syntax", "42703", "Different")]
    [InlineData("bind", "42P01", "Same")]
    [InlineData("bind", "42883", "Same")]
    [InlineData("bind", "0A000", "RefusedOtherwise")]
    [InlineData("bind", "42601", "Different")]
    [InlineData("data", "22012", "Same")]
    [InlineData("data", "42804", "RefusedOtherwise")]
    [InlineData("unsupported", "22023", "RefusedOtherwise")]
    [InlineData("data", "XX001", "Different")]
    [InlineData("data", "57014", "Different")]
    public void A_refusal_is_judged_by_its_class(string recorded, string state, string verdict)
    {
        var answer = Statement("SELECT 1", CompareRule.Refused) with { Error = Enum.Parse<Refusal>(recorded, ignoreCase: true) };

        Assert.Equal(verdict, AnswerComparer.Compare(answer, new Result { Exception = new RecordedRefusal(state) }).Verdict.ToString());
    }

    [Fact]
    public void An_answer_where_upstream_refuses_is_told_apart()
    {
        var answer = Statement("SELECT 1", CompareRule.Refused) with { Error = Refusal.Bind };

        Assert.Equal(Verdict.Answered, AnswerComparer.Compare(answer, new Result()).Verdict);
    }

    [Theory]
    [InlineData(CompareRule.Refused)]
    [InlineData(CompareRule.Rows)]
    internal void An_untyped_exception_is_never_right(CompareRule rule)
    {
        var answer = Statement("SELECT 1", rule) with { Error = rule == CompareRule.Refused ? Refusal.Data : null };

        Assert.Equal(Verdict.Broken, AnswerComparer.Compare(answer, new Result { Exception = new KeyNotFoundException() }).Verdict);
    }

    [Theory]
    [InlineData("SELECT sum(x) FROM t", 1.0, 1.0 + 1e-10, true)]
    [InlineData("SELECT sum(x) FROM t", 1.0, 1.0 + 1e-8, false)]
    [InlineData("SELECT sin(x) FROM t", 0.0, -0.0, true)]
    [InlineData("SELECT CAST(x AS DOUBLE) FROM t", 1.0, 1.0 + 1e-15, false)]
    [InlineData("SELECT 0 * x", 0.0, -0.0, false)]
    [InlineData("SELECT 0 * x", double.NaN, double.NaN, true)]
    [InlineData("SELECT 0 * x", double.NaN, 0.0, false)]
    [InlineData("SELECT sum(x)", double.PositiveInfinity, 1e308, false)]
    [InlineData("SELECT sum(x)", double.PositiveInfinity, double.NegativeInfinity, false)]
    public void Numbers_come_as_near_as_the_function_is_exact(string sql, double expected, double actual, bool same)
    {
        var columns = new[] { new AnswerColumn("v", ArrowCppTypes.Parse("double")) };
        var answer = Statement(sql, CompareRule.Rows) with { Columns = columns, RowCount = 1, Rows = [[expected]] };

        var judgement = AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[actual]] });

        Assert.Equal(same ? Verdict.Same : Verdict.Different, judgement.Verdict);
    }

    [Fact]
    public void A_set_has_no_order_but_counts_its_rows()
    {
        var columns = new[] { new AnswerColumn("v", ArrowCppTypes.Parse("int64")) };
        var answer = Statement("SELECT v FROM t", CompareRule.Set) with { Columns = columns, RowCount = 3, Rows = [[(Int128)1], [(Int128)1], [(Int128)2]] };

        Assert.Equal(Verdict.Same, AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[(Int128)2], [(Int128)1], [(Int128)1]] }).Verdict);
        Assert.Equal(Verdict.Different, AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[(Int128)2], [(Int128)2], [(Int128)1]] }).Verdict);
    }

    [Fact]
    public void First_rows_look_at_the_beginning_and_the_number_of_all()
    {
        var columns = new[] { new AnswerColumn("v", ArrowCppTypes.Parse("int64")) };
        var answer = Statement("SELECT v FROM t", CompareRule.FirstRows) with { Columns = columns, RowCount = 3, Rows = [[(Int128)1], [(Int128)2]] };

        Assert.Equal(Verdict.Same, AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[(Int128)1], [(Int128)2], [(Int128)9]] }).Verdict);
        Assert.Equal(Verdict.Different, AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[(Int128)1], [(Int128)2]] }).Verdict);
        Assert.Equal(Verdict.Different, AnswerComparer.Compare(answer, new Result { Columns = columns, Rows = [[(Int128)2], [(Int128)1], [(Int128)9]] }).Verdict);
    }

    private static Answer Statement(string sql, CompareRule rule) => new() { Id = "1", Group = "g", Sql = sql, Compare = rule };
}
