using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Tests.Functions;

public class SpreadSortTests
{
    public static TheoryData<string> Shapes => ["uniform", "normal", "steep", "few", "equal", "extremes", "tiny", "infinite", "nan", "zeros", "ascending"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Numbers_are_in_the_order_of_comparing(string shape)
    {
        var random = new Random(shape.Length);
        for (var count = 0; count < 700; count += random.Next(1, 60))
        {
            var values = Enumerable.Range(0, count).Select(i => Next(shape, i, random)).ToArray();
            var expected = values.Order().ToArray();
            SpreadSort.Sort(values, new double[count]);
            Assert.Equal(expected, values);
        }
    }

    private static double Next(string shape, int i, Random random) => shape switch
    {
        "uniform" => random.NextDouble(),
        "normal" => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6,
        "steep" => Math.Exp(random.NextDouble() * 600),
        "few" => random.Next(5),
        "equal" => 7.5,
        "extremes" => random.Next(2) == 0 ? double.MaxValue : -double.MaxValue,
        "tiny" => random.Next(3) * double.Epsilon,
        "infinite" => random.Next(20) == 0 ? double.PositiveInfinity : random.NextDouble(),
        "nan" => random.Next(20) == 0 ? double.NaN : random.NextDouble(),
        "zeros" => random.Next(2) == 0 ? 0.0 : 1.0,
        _ => i,
    };
}
