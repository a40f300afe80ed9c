using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Kleene logic, CASE, IN and LIKE; errors of rows that nobody asked for stay silent.</summary>
public class LogicTests
{
    private static readonly PlanColumn X = new("x", DataType.Int64);
    private static readonly PlanColumn P = new("p", DataType.Boolean);
    private static readonly PlanColumn Q = new("q", DataType.Boolean);

    [Fact]
    public void And_and_or_follow_Kleene()
    {
        bool?[] values = [true, false, null];
        var pairs = values.SelectMany(left => values.Select(right => (left, right))).ToArray();
        using var left = TestData.Column(DataType.Boolean, [.. pairs.Select(static pair => (object?)pair.left)]);
        using var right = TestData.Column(DataType.Boolean, [.. pairs.Select(static pair => (object?)pair.right)]);
        var batch = TestData.Batch(left, right);
        foreach (var isAnd in new[] { true, false })
        {
            var expected = pairs.Select(pair => isAnd ? pair.left & pair.right : pair.left | pair.right).ToArray();
            var logical = new BoundLogical(isAnd, [new BoundColumn(P), new BoundColumn(Q)]);
            Assert.Equal(expected, TestData.Evaluate(logical, [P, Q], batch).Cast<bool?>());
            Assert.Equal(
                Enumerable.Range(0, pairs.Length).Where(row => expected[row] == true), TestData.Filter(logical, [P, Q], batch));
            Assert.Equal(
                expected.Select(static value => !value), TestData.Evaluate(new BoundNot(logical), [P, Q], batch).Cast<bool?>());
        }
    }

    [Fact]
    public void Division_by_zero_counts_only_where_it_is_asked_for()
    {
        using var x = TestData.Column(DataType.Int64, 0L, 2L, null, 5L);
        var batch = TestData.Batch(x);
        var quotient = TestData.Call("/", TestData.Literal(10L), new BoundColumn(X));
        var isZero = new BoundComparison(ComparisonOperator.NotEqual, new BoundColumn(X), TestData.Literal(0L));
        var guarded = new BoundLogical(true, [isZero, new BoundComparison(ComparisonOperator.GreaterThan, quotient, TestData.Literal(1L))]);
        Assert.Equal([1, 3], TestData.Filter(guarded, [X], batch));
        Assert.Equal(new bool?[] { false, true, null, true }, TestData.Evaluate(guarded, [X], batch).Cast<bool?>());
        var choice = new BoundCase([new BoundWhen(isZero, quotient)], TestData.Literal(-1L), DataType.Int64);
        Assert.Equal([-1L, 5L, -1L, 2L], TestData.Evaluate(choice, [X], batch));
        var error = Assert.Throws<EngineException>(() => TestData.Evaluate(quotient, [X], batch));
        Assert.Equal(SqlState.DivisionByZero, error.SqlState);
    }

    [Fact]
    public void Case_of_constants_keeps_one_dictionary()
    {
        using var x = TestData.Column(DataType.Int64, 1L, 2L, 3L, null);
        var batch = TestData.Batch(x);
        BoundComparison Is(long value) => new(ComparisonOperator.Equal, new BoundColumn(X), TestData.Literal(value));
        var choice = new BoundCase(
            [new BoundWhen(Is(1), TestData.Literal("one")), new BoundWhen(Is(2), TestData.Literal("two"))], TestData.Literal("many"), DataType.Utf8);
        using var compiled = ExpressionCompiler.Compile(choice, [X], TestData.Context());
        var first = Assert.IsType<DictionaryVector>(compiled.Evaluate(batch, null));
        var values = first.Values;
        Assert.Equal(new object?[] { "one", "two", "many", "many" }, Enumerable.Range(0, 4).Select(row => first.GetValue(row)));
        var second = Assert.IsType<DictionaryVector>(compiled.Evaluate(batch, null));
        Assert.Same(values, second.Values);
    }

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "a%", true)]
    [InlineData("abc", "%c", true)]
    [InlineData("abc", "%b%", true)]
    [InlineData("abc", "a_c", true)]
    [InlineData("aéc", "a_c", true)]
    [InlineData("abc", "_b%c", true)]
    [InlineData("abcbc", "a%bc", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("abc", "abc%c", false)]
    [InlineData("", "%", true)]
    [InlineData("", "", true)]
    [InlineData("x", "", false)]
    [InlineData("a%b", "a\\%b", true)]
    [InlineData("axb", "a\\%b", false)]
    [InlineData("Hello, Wörld", "%w_rld", false)]
    [InlineData("aXbXc", "%X%X%", true)]
    [InlineData("aXb", "%X%X%", false)]
    public void Like_matches(string text, string pattern, bool expected)
    {
        Assert.Equal(expected, TestData.Constant(new BoundLike(TestData.Literal(text), TestData.Literal(pattern), false, false)));
        Assert.Equal(!expected, TestData.Constant(new BoundLike(TestData.Literal(text), TestData.Literal(pattern), false, true)));
    }

    [Theory]
    [InlineData("Hello ÜNÏ", "%ünï%", true)]
    [InlineData("HELLO", "h%O", true)]
    [InlineData("HELLO", "h_x%", false)]
    public void Ilike_ignores_case(string text, string pattern, bool expected) =>
        Assert.Equal(expected, TestData.Constant(new BoundLike(TestData.Literal(text), TestData.Literal(pattern), true, false)));

    [Fact]
    public void Substring_sweep_finds_what_each_row_holds()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var texts = Enumerable.Range(0, random.Next(1, 300))
                .Select(_ => new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => "abc"[random.Next(3)])])).ToArray();
            var needle = new string([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => "abc"[random.Next(3)])]);
            using var column = TestData.Column(DataType.Utf8, [.. texts]);
            var c = new PlanColumn("c", DataType.Utf8);
            var like = new BoundLike(new BoundColumn(c), TestData.Literal($"%{needle}%"), false, false);
            Assert.Equal(
                Enumerable.Range(0, texts.Length).Where(row => texts[row].Contains(needle, StringComparison.Ordinal)),
                TestData.Filter(like, [c], TestData.Batch(column)));
        }
    }

    [Fact]
    public void In_knows_nulls()
    {
        using var x = TestData.Column(DataType.Int64, 1L, 2L, null, 9L);
        var batch = TestData.Batch(x);
        BoundIn In(params object?[] items) => new(new BoundColumn(X), [.. items.Select(TestData.Literal)], false);
        Assert.Equal(new bool?[] { true, false, null, true }, TestData.Evaluate(In(1L, 9L), [X], batch).Cast<bool?>());
        Assert.Equal(new bool?[] { true, null, null, null }, TestData.Evaluate(In(1L, null), [X], batch).Cast<bool?>());
        Assert.Equal(
            new bool?[] { true, true, null, true }, TestData.Evaluate(In(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), [X], batch).Cast<bool?>());
        var not = new BoundIn(new BoundColumn(X), [TestData.Literal(1L), TestData.Literal(null)], true);
        Assert.Equal(new bool?[] { false, null, null, null }, TestData.Evaluate(not, [X], batch).Cast<bool?>());
    }

    /// <summary>A dictionary of many values is left alone for some rows, and computed when more of them come.</summary>
    [Fact]
    public void A_large_dictionary_is_computed_when_rows_go_on_using_it()
    {
        using var values = TestData.Column(DataType.Utf8, [.. Enumerable.Range(0, 40_000).Select(static i => (object?)$"value {i % 9}")]);
        var d = new PlanColumn("d", DataType.Utf8);
        var comparison = new BoundComparison(ComparisonOperator.Equal, new BoundColumn(d), TestData.Literal("value 4"));
        using var compiled = ExpressionCompiler.Compile(comparison, [d], TestData.Context());
        var computed = new List<bool>();
        for (var start = 0; start < 5 * Batch.MaxRows; start += Batch.MaxRows)
        {
            var codes = Enumerable.Range(start, Batch.MaxRows).Select(static i => i * 7 % 40_000).ToArray();
            using var column = new DictionaryVector(DataType.Utf8, values);
            unsafe
            {
                fixed (int* first = codes)
                {
                    column.Attach(values, first, codes.Length);
                    var truths = compiled.Evaluate(TestData.Batch(column), null);
                    computed.Add(truths is DictionaryVector);
                    Assert.Equal(codes.Select(static code => (object?)(code % 9 == 4)), Enumerable.Range(0, codes.Length).Select(row => truths.GetValue(row)));
                }
            }
        }
        Assert.Equal([false, false, true, true, true], computed);
    }

    [Fact]
    public void Dictionaries_are_tested_once()
    {
        using var column = TestData.Column(DataType.DictionaryUtf8, "a", "b", null, "a", "c");
        var d = new PlanColumn("d", DataType.DictionaryUtf8);
        var batch = TestData.Batch(column);
        var comparison = new BoundComparison(ComparisonOperator.Equal, new BoundColumn(d), TestData.Literal("a"));
        using var compiled = ExpressionCompiler.Compile(comparison, [d], TestData.Context());
        var first = Assert.IsType<DictionaryVector>(compiled.Evaluate(batch, null));
        var values = first.Values;
        Assert.Same(values, Assert.IsType<DictionaryVector>(compiled.Evaluate(batch, null)).Values);
        Assert.Equal([0, 3], TestData.Filter(comparison, [d], batch));
        Assert.Equal([2], TestData.Filter(new BoundIsNull(new BoundColumn(d), false), [d], batch));
    }
}
