using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Tests.Functions;

public unsafe class BinRowsTests
{
    [Fact]
    public void Rows_up_to_the_first_outside_get_the_value()
    {
        var random = new Random(3);
        for (var round = 0; round < 400; round++)
        {
            var count = random.Next(1, 60);
            var times = Enumerable.Range(0, count).Select(_ => random.Next(12) == 0 ? random.Next(-5, 25) : 10L + random.Next(5)).ToArray();
            var first = random.Next(count + 1);
            var results = new long[count];
            var end = first;
            while (end < count && times[end] is >= 10 and <= 14)
            {
                end++;
            }
            fixed (long* from = times)
            {
                fixed (long* to = results)
                {
                    Assert.Equal(end, BinRows.Fill(from, to, first, count, 10, 14, 77));
                }
            }
            Assert.Equal(Enumerable.Range(0, count).Select(row => row >= first && row < end ? 77L : 0), results);
        }
    }
}
