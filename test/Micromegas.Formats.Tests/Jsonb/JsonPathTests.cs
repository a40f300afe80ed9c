using System.Text;

namespace Micromegas.Formats.Tests;

public sealed class JsonPathTests
{
    private const string Document =
        "{\"items\":[{\"key\":\"foo\",\"value\":1},{\"key\":\"bar\",\"value\":2}],\"n\":[1,2,3,4,5],\"o\":{\"x\":{\"y\":7}},\"t\":true,\"u\":null,\"odd key\":3}";

    [Theory]
    [InlineData("$.items[*]?(@.key==\"bar\").value", "[2]")]
    [InlineData("$.items[*].key", "[\"foo\",\"bar\"]")]
    [InlineData("items", "[[{\"key\":\"foo\",\"value\":1},{\"key\":\"bar\",\"value\":2}]]")]
    [InlineData("o.x.y", "[7]")]
    [InlineData("$:o:x[\"y\"]", "[7]")]
    [InlineData(".o.x", "[{\"y\":7}]")]
    [InlineData("$[\"odd key\"]", "[3]")]
    [InlineData("$.n[last]", "[5]")]
    [InlineData("$.n[last - 1, 0]", "[4,1]")]
    [InlineData("$.n[1 to 2, 9, last]", "[2,3,5]")]
    [InlineData("$.n[last-1 to last]", "[4,5]")]
    [InlineData("$.o[*]", "[{\"x\":{\"y\":7}}]")]
    [InlineData("$.o[0]", "[]")]
    [InlineData("$.o.*", "[{\"y\":7}]")]
    [InlineData("$.n.*", "[]")]
    [InlineData("$.o.**", "[{\"x\":{\"y\":7}},{\"y\":7},7]")]
    [InlineData("$.o.**{1}", "[{\"y\":7}]")]
    [InlineData("$.o.**{1 to last}", "[{\"y\":7},7]")]
    [InlineData("$.n[*]?(@ >= 2 && @ < 4 || @ == 5)", "[2,3,5]")]
    [InlineData("$.n[*]?((@ == 1 || @ == 2) && @ != 1)", "[2]")]
    [InlineData("$.n[*]?(@ * 2 - 1 > 5 + -$.o.x.y + 7)", "[4,5]")]
    [InlineData("$.n[*]?((@ + 1) % 2 == 0)", "[1,3,5]")]
    [InlineData("$.n[*]?(@ / 2 == 2.5)", "[5]")]
    [InlineData("$.n[*]?(@ / 0 == 1)", "[]")]
    [InlineData("$.items[*]?(exists(@.value) && @.key starts with \"f\").value", "[1]")]
    [InlineData("$.*?(@ == null)", "[null]")]
    [InlineData("$.t?(@ != \"x\")", "[true]")]
    [InlineData("$.t?(@ < \"x\")", "[]")]
    [InlineData("$.t?(@ > false)", "[true]")]
    [InlineData("$.n == 3", "[true]")]
    [InlineData("$.n[0] == 3", "[false]")]
    [InlineData("$.t < 3", "[null]")]
    [InlineData("exists($.t) || 1 == 2", "[true]")]
    [InlineData("$.missing", "[]")]
    public void Paths_select(string path, string expected)
    {
        using JsonbBuilder builder = new();
        Assert.True(JsonbText.TryParse(Encoding.UTF8.GetBytes(Document), builder));
        byte[] document = builder.Finish().ToArray();
        builder.Reset();
        JsonPath compiled = JsonPath.Parse(path);
        compiled.SelectAll(document, builder);
        using PooledBuffer text = new();
        JsonbText.FormatDocument(builder.Finish(), text);
        Assert.Equal(expected, Encoding.UTF8.GetString(text.WrittenSpan));

        // The first match is the first element of all matches.
        using PooledBuffer first = new();
        Assert.Equal(expected != "[]", compiled.SelectFirst(document, first));
        if (expected != "[]")
        {
            Assert.True(JsonbValue.Open(builder.Finish()).TryGetElement(0, out JsonbValue element));
            using PooledBuffer copy = new();
            element.WriteDocument(copy);
            Assert.Equal(copy.WrittenSpan.ToArray(), first.WrittenSpan.ToArray());
        }
    }

    [Theory]
    [InlineData("$[invalid")]
    [InlineData("$.items[?(@.key==1)]")]
    [InlineData("$.n.size()")]
    [InlineData("lax $.n")]
    [InlineData("bad path(")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$[")]
    [InlineData("$[1")]
    [InlineData("$[99999999999]")]
    [InlineData("$?(@ ==)")]
    [InlineData("$?(@ == \"x)")]
    [InlineData("$.a?(@ like_regex \"x\")")]
    [InlineData("1 + 1")]
    public void Other_texts_are_syntax_errors(string path) => Assert.Throws<JsonPathSyntaxException>(() => JsonPath.Parse(path));

    [Fact]
    public void Deep_nesting_is_refused_quickly()
    {
        Assert.Throws<JsonPathSyntaxException>(() => JsonPath.Parse("$?(" + new string('(', 100_000)));
        Assert.Throws<JsonPathSyntaxException>(() => JsonPath.Parse("$?(" + new string('-', 100_000) + "1 == 1)"));
        Assert.Throws<JsonPathSyntaxException>(() => JsonPath.Parse(string.Concat(Enumerable.Repeat("$?(@", 100_000))));
    }

    [Fact]
    public void Random_texts_compile_or_give_the_typed_error()
    {
        const string alphabet = "$@.*[]()?{}\"'0127ab<>=!&|+-/% ,:lasttoexists";
        Random random = new(4);
        for (int i = 0; i < 50_000; i++)
        {
            string path = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                JsonPath.Parse(path);
            }
            catch (JsonPathSyntaxException e)
            {
                Assert.InRange(e.Position, 0, path.Length);
            }
        }
    }
}
