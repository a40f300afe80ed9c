using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>Trees made at random, not parsed: what the printer writes must parse to the same tree.</summary>
public sealed class GeneratedTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Printed_trees_parse_to_themselves(int seed)
    {
        var generator = new Generator(new Random(seed));
        for (var i = 0; i < 15_000; i++)
        {
            var tree = generator.Expression(i % 5 + 1);
            var printed = SqlPrinter.Print(tree);
            Expression parsed;
            try
            {
                parsed = SqlParser.ParseExpression(printed);
            }
            catch (SqlSyntaxException error)
            {
                throw new InvalidOperationException($"seed {seed}: {printed}\n{error.Message}", error);
            }

            Assert.True(tree.Equals(parsed), $"seed {seed}: {printed}\nparses as {parsed}");
            Assert.Equal(tree.GetHashCode(), parsed.GetHashCode());
        }
    }

    private sealed class Generator(Random random)
    {
        private static readonly BinaryOperator[] s_operators = Enum.GetValues<BinaryOperator>();

        public Expression Expression(int depth)
        {
            if (depth == 0)
                return Leaf();
            Expression Next() => Expression(random.Next(depth));
            return random.Next(26) switch
            {
                < 7 => new BinaryExpression(Next(), s_operators[random.Next(s_operators.Length)], Next()),
                7 => Unary(Next()),
                8 => new IsExpression(Next(), (TruthTest)random.Next(4), Flip()),
                9 => new BetweenExpression(Next(), Next(), Next(), Flip()) { Symmetric = Flip() },
                10 => new InListExpression(Next(), [Next(), Next()], Flip()),
                11 => new LikeExpression(Next(), (PatternKind)random.Next(4), Next(), Flip()) { Escape = Flip() ? "\\" : null },
                12 => new QuantifiedComparison(Next(), BinaryOperator.Less, (Quantifier)random.Next(2), Next()),
                13 => new CastExpression(Next(), Type(), (CastKind)random.Next(3)),
                14 => new SubscriptExpression(Next(), Next()),
                15 => new SliceExpression(Next(), Flip() ? Next() : null, Flip() ? Next() : null, Flip() ? Next() : null),
                16 => new FieldAccess(Next(), Name()),
                17 => new AtTimeZoneExpression(Next(), Next()),
                18 => new FunctionCall(new QualifiedName([Name()]), [new FunctionArgument(null, Next()), Argument(Next())]) { Filter = Flip() ? Next() : null },
                19 => new CaseExpression(Flip() ? Next() : null, [new CaseBranch(Next(), Next())], Flip() ? Next() : null),
                20 => new ArrayExpression([Next(), Next()]),
                21 => new RowExpression([Next(), Next()], Flip()),
                22 => new StructExpression([new StructField(Name(), Next())]),
                23 => new MapExpression([new MapEntry(Next(), Next())]),
                24 => Special(Next(), Next()),
                _ => new SubqueryExpression(new Query(new SelectCore([new SelectItem(Next(), Name())]) { Where = Next() }) { Limit = Flip() ? Next() : null }),
            };
        }

        private bool Flip() => random.Next(2) == 0;

        private Identifier Name() => random.Next(4) == 0 ? new Identifier("Select \"x\"", true) : new Identifier("n" + random.Next(9), false);

        // A minus before a positive number is read into the number: the printer writes such an operation with parentheses.
        private UnaryExpression Unary(Expression operand) => new((UnaryOperator)random.Next(4), operand);

        private FunctionArgument Argument(Expression value) => random.Next(3) switch
        {
            0 => new FunctionArgument(Name(), value),
            1 => new FunctionArgument(null, new LambdaExpression([Name(), Name()], value)),
            _ => new FunctionArgument(null, value),
        };

        private Expression Special(Expression first, Expression second) => random.Next(6) switch
        {
            0 => new ExtractExpression("year", first),
            1 => new PositionExpression(first, second),
            2 => new SubstringExpression(first, Flip() ? second : null, first),
            3 => new TrimExpression((TrimSide)random.Next(4), Flip() ? first : null, second),
            4 => new OverlayExpression(first, second, first, Flip() ? second : null),
            _ => new IntervalLiteral(first, "DAY"),
        };

        private SqlTypeName Type() => random.Next(5) switch
        {
            0 => new SimpleTypeName("DECIMAL", [10, 2]),
            1 => new ArrayTypeName(new SimpleTypeName("INT", []) { Unsigned = true }, Flip() ? 3 : null),
            2 => new StructTypeName([new StructTypeField(Name(), new MapTypeName(new SimpleTypeName("TEXT", []), new ArrayTypeName(new SimpleTypeName("my type", []), null)))]),
            3 => new SimpleTypeName("TIMESTAMP", [3]) { TimeZone = (TimeZoneSuffix)random.Next(3) },
            _ => new SimpleTypeName("DOUBLE PRECISION", []),
        };

        private Expression Leaf() => random.Next(16) switch
        {
            0 => new Int64Literal(random.Next(100)),
            1 => new Int64Literal(-random.Next(1, 100)),
            2 => new Float64Literal(1.5, "1.5"),
            3 => new Float64Literal(-2.5, "-2.5"),
            4 => new StringLiteral("it's"),
            5 => new NullLiteral(),
            6 => new BooleanLiteral(true),
            7 => new BinaryLiteral([1, 255]),
            8 => new ParameterExpression('$', null, 3),
            9 => new ParameterExpression(':', "p", 0),
            10 => new ParameterExpression('@', "p", 0),
            11 => new TypedLiteral(new SimpleTypeName("DATE", []), "2024-02-29"),
            12 => new ColumnReference([Name(), Name()]),
            13 => new IntervalLiteral(new StringLiteral("1 day"), null),
            _ => new ColumnReference([Name()]),
        };
    }
}
