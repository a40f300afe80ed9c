namespace Micromegas.Columnar.Tests;

public unsafe class BitmapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(2048)]
    public void Bits_are_what_they_were_set_to(int bits)
    {
        var random = new Random(bits);
        var expected = Enumerable.Range(0, bits).Select(_ => random.Next(2) == 0).ToArray();
        using var buffer = BufferPool.Shared.Rent((Bitmap.WordCount(bits) * 8L) + 8);
        var words = (ulong*)buffer.Pointer;
        Bitmap.Fill(words, bits, true);
        Assert.Equal(bits, Bitmap.CountOnes(words, bits));
        for (var i = 0; i < bits; i++)
        {
            Bitmap.Assign(words, i, expected[i]);
        }
        for (var i = 0; i < bits; i++)
        {
            Assert.Equal(expected[i], Bitmap.Get(words, i));
        }
        Assert.Equal(expected.Count(static bit => bit), Bitmap.CountOnes(words, bits));
        for (var i = 0; i < bits; i++)
        {
            Bitmap.Clear(words, i);
        }
        Assert.Equal(0, Bitmap.CountOnes(words, bits));
    }

    [Fact]
    public void Bits_behind_the_end_do_not_count()
    {
        var words = stackalloc ulong[2] { ulong.MaxValue, ulong.MaxValue };
        Assert.Equal(70, Bitmap.CountOnes(words, 70));
        Assert.Equal(2, Bitmap.WordCount(65));
        Assert.Equal(0, Bitmap.WordCount(0));
    }
}
