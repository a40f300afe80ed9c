using System.Globalization;
using System.Text;
using Micromegas.Data.Reading;

namespace Micromegas.Data.Tests;

public class TextPoolTests
{
    [Fact]
    public void TextsAreTheirOwnWhateverCameBefore()
    {
        var pool = new TextPool();
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var text = random.Next(5) switch
            {
                0 => "",
                1 => "näme " + random.Next(10).ToString(CultureInfo.InvariantCulture),
                2 => new string('x', random.Next(200)),
                _ => random.Next(500).ToString(CultureInfo.InvariantCulture),
            };
            Assert.Equal(text, pool.Get(Encoding.UTF8.GetBytes(text)));
        }
    }

    [Fact]
    public void ShortTextsThatRepeatAreOneString()
    {
        var pool = new TextPool();
        Assert.Same(pool.Get("lobby"u8), pool.Get("lobby"u8));
        Assert.NotEqual(pool.Get("lobby"u8), pool.Get("lobbz"u8));

        // Texts that never repeat end it.
        for (var i = 0; i < 2000; i++)
        {
            pool.Get(Encoding.UTF8.GetBytes("text " + i.ToString(CultureInfo.InvariantCulture)));
        }

        Assert.NotSame(pool.Get("lobby"u8), pool.Get("lobby"u8));
    }
}
