using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Micromegas.Formats.Tests;

public sealed class JsonbTests
{
    // spec/sql.md §2.1.
    [Theory]
    [InlineData("null", "2000000000000000")]
    [InlineData("true", "2000000040000000")]
    [InlineData("false", "2000000030000000")]
    [InlineData("\"asd\"", "2000000010000003617364")]
    [InlineData("0", "200000002000000100")]
    [InlineData("100", "20000000200000025064")]
    [InlineData("-100", "2000000020000002409c")]
    [InlineData("2.5", "2000000020000009604004000000000000")]
    [InlineData("[]", "80000000")]
    [InlineData("{}", "40000000")]
    [InlineData("[false,10,{\"k\":\"v\"}]", "8000000330000000200000025000000e500a4000000110000001100000016b76")]
    [InlineData("{\"b\":1,\"a\":null}", "400000021000000110000001000000002000000261625001")]
    public void Documents_have_the_bytes_of_the_specification(string json, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(Parse(json)!));

    [Theory]
    [InlineData(" \\n{ a : 1 , 'b':\"x\"}\\t", "{\"a\":1,\"b\":\"x\"}")]
    [InlineData("[1,,3]", "[1,null,3]")]
    [InlineData("[,]", "[null,null]")]
    [InlineData("[TRUE, nUlL, -Infinity, NaN]", "[true,null,null,null]")]
    [InlineData("+007", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5.0")]
    [InlineData("0x1F", "31")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("-9223372036854775809", "-9.223372036854776e+18")]
    [InlineData("\"\\ud83c\\udfae \\ud800 \\u{1F3AE} \\/\"", "\"🎮 \\\\ud800 🎮 /\"")]
    [InlineData("\"\\u0001\\t\\\"\\\\\"", "\"\\u0001\\t\\\"\\\\\"")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1.5e-7", "1.5e-7")]
    [InlineData("0.00001", "0.00001")]
    [InlineData("0.000012", "0.000012")]
    [InlineData("1234567.5", "1234567.5")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("5e-324", "5e-324")]
    public void Lenient_text_parses_and_renders(string json, string expected) => Assert.Equal(expected, Format(Parse(json)!));

    [Theory]
    [InlineData("{ test }")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":}")]
    [InlineData("[1 2]")]
    [InlineData("[1")]
    [InlineData("\"open")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("1 2")]
    [InlineData("tru")]
    [InlineData("1e")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("0x")]
    [InlineData("// c")]
    public void Other_text_is_refused(string json) => Assert.Null(Parse(json));

    [Fact]
    public void Nesting_is_limited()
    {
        Assert.NotNull(Parse(new string('[', 512) + new string(']', 512)));
        Assert.Null(Parse(new string('[', 513) + new string(']', 513)));
        Assert.Null(Parse(new string('[', 1_000_000)));
    }

    [Fact]
    public void Members_are_found_exactly_then_without_case()
    {
        byte[] document = Parse("{\"A\":1,\"a\":2,\"Ébc\":3}")!;
        JsonbValue root = JsonbValue.Open(document);
        Assert.Equal(3, root.Count);
        Assert.Equal(1, Integer(root, "A"));
        Assert.Equal(2, Integer(root, "a"));
        Assert.Equal(3, Integer(root, "ÉBC"));
        Assert.Null(Integer(root, "ébc"));
        Assert.False(root.TryGetMember("b"u8, out _));
    }

    [Theory]
    [InlineData("7000000000000000fa02", "2.50", 2.5, null)]                                        // older: 9 = i64 + scale
    [InlineData("70000000000000000000000000000000fa00", "250", 250.0, 250L)]
    [InlineData("70ffffffffffffffffffffffffffffff9c0501", "-10.0", -10.0, -10L)]                    // i128 + precision + scale
    public void Decimals_are_read(string numberHex, string text, double real, long? integer)
    {
        byte[] number = Convert.FromHexString(numberHex);
        byte[] document = new byte[8 + number.Length];
        BinaryPrimitives.WriteUInt32BigEndian(document, 0x20000000);
        BinaryPrimitives.WriteUInt32BigEndian(document.AsSpan(4), 0x20000000 | (uint)number.Length);
        number.CopyTo(document, 8);
        JsonbValue value = JsonbValue.Open(document);
        Assert.Equal(text, Format(document));
        Assert.True(value.TryGetDouble(out double actual));
        Assert.Equal(real, actual);
        Assert.Equal(integer, value.TryGetInt64(out long whole) ? whole : null);
    }

    [Fact]
    public void Integers_of_every_width_round_trip()
    {
        Prop.ForAll<long, ulong, int>((signed, unsigned, shift) =>
        {
            signed >>= shift & 63;
            unsigned >>= shift & 63;
            using JsonbBuilder builder = new();
            builder.AddInt64(signed);
            Assert.True(JsonbValue.Open(builder.Finish()).TryGetInt64(out long back));
            Assert.Equal(signed, back);
            builder.Reset();
            builder.AddUInt64(unsigned);
            Assert.Equal(unsigned <= long.MaxValue, JsonbValue.Open(builder.Finish()).TryGetInt64(out back));
            Assert.Equal(unsigned.ToString(System.Globalization.CultureInfo.InvariantCulture), Format(builder.Finish().ToArray()));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Text_of_doubles_and_strings_round_trips()
    {
        Prop.ForAll<double, string>((real, text) =>
        {
            using JsonbBuilder builder = new();
            builder.BeginArray();
            builder.AddDouble(real);
            builder.AddString(Encoding.UTF8.GetBytes(text ?? ""));
            builder.EndArray();
            string json = Format(builder.Finish().ToArray());
            JsonbValue back = JsonbValue.Open(Parse(json)!);
            Assert.True(back.TryGetElement(0, out JsonbValue number));
            Assert.Equal(double.IsFinite(real), number.TryGetDouble(out double value));
            Assert.True(!double.IsFinite(real) || BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(real), json);
            Assert.True(back.TryGetElement(1, out JsonbValue textValue));
            Assert.Equal(Encoding.UTF8.GetBytes(text ?? ""), textValue.Utf8.ToArray());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Builder_sorts_members_and_keeps_the_last_duplicate()
    {
        using JsonbBuilder builder = new();
        builder.BeginObject();
        for (int i = 99; i >= 0; i--)
        {
            builder.AddKey(Encoding.UTF8.GetBytes($"k{i % 50:00}"));
            builder.AddInt64(i);
        }

        Assert.False(builder.EndObject());
        JsonbValue root = JsonbValue.Open(builder.Finish());
        Assert.Equal(50, root.Count);
        int expected = 0;
        foreach (JsonbMember member in root.Members)
        {
            Assert.Equal($"k{expected:00}", Encoding.UTF8.GetString(member.Key));
            Assert.True(member.Value.TryGetInt64(out long value));
            Assert.Equal(expected++, value);
        }
    }

    [Fact]
    public void Misuse_of_the_builder_is_reported()
    {
        using JsonbBuilder builder = new();
        Assert.Throws<InvalidOperationException>(() => builder.Finish().Length);
        Assert.Throws<InvalidOperationException>(() => builder.AddKey("k"u8));
        builder.BeginObject();
        Assert.Throws<InvalidOperationException>(builder.AddNull);
        Assert.Throws<InvalidOperationException>(builder.EndArray);
    }

    [Fact]
    public void Bytes_that_are_not_JSONB_render_as_text()
    {
        Assert.Equal("null", Format([]));
        Assert.Equal("abc", Format("abc"u8.ToArray()));
        Assert.Equal("�", Format([0xFF]));
    }

    [Fact]
    public void Damaged_documents_give_the_typed_error_or_an_answer()
    {
        byte[][] documents =
        [
            Parse("{\"a\":[1,2.5,null,{\"b\":\"text\",\"c\":[[],{}]}],\"n\":-5,\"s\":\"x\"}")!,
            Parse("[1,[2,[3,[4]]],{\"k\":true}]")!,
            Parse("\"scalar\"")!,
        ];
        JsonPath path = JsonPath.Parse("$.**?(@.b starts with \"t\" || @ > 1)");
        Random random = new(99);
        using PooledBuffer output = new();
        for (int i = 0; i < 30_000; i++)
        {
            byte[] document = [.. documents[i % documents.Length]];
            for (int k = random.Next(3); k >= 0; k--)
            {
                document[random.Next(document.Length)] = (byte)random.Next(256);
            }

            document = document[..random.Next(1, document.Length + 1)];
            output.Clear();
            JsonbText.FormatDocument(document, output);
            try
            {
                output.Clear();
                path.SelectFirst(document, output);
                JsonbValue.Open(document).TryGetMemberIgnoreCase("S"u8, out _);
            }
            catch (CorruptDataException e)
            {
                Assert.InRange(e.Position, 0, document.Length);
            }
        }
    }

    private static long? Integer(JsonbValue value, string key) =>
        value.TryGetMemberIgnoreCase(Encoding.UTF8.GetBytes(key), out JsonbValue member) && member.TryGetInt64(out long number) ? number : null;

    private static byte[]? Parse(string json)
    {
        using JsonbBuilder builder = new();
        return JsonbText.TryParse(Encoding.UTF8.GetBytes(json), builder) ? builder.Finish().ToArray() : null;
    }

    private static string Format(byte[] document)
    {
        using PooledBuffer output = new();
        JsonbText.FormatDocument(document, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
