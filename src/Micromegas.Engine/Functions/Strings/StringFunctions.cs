using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Text functions (spec/sql.md §5.12). Positions count code points from 1.</summary>
internal static class StringFunctions
{
    private const long MaxLength = 1 << 30;

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Number("ascii", "(text)", "Code point of the first character; 0 for the empty text.", static (a, row) => FirstCodePoint(a.Text(0, row))),
        Number("bit_length", "(text)", "Bits of the UTF-8 form.", static (a, row) => a.Text(0, row).Length * 8),
        Number("octet_length", "(text)", "Bytes of the UTF-8 form.", static (a, row) => a.Text(0, row).Length),
        Number("character_length", "(text)", "Characters.", static (a, row) => Utf8Text.Count(a.Text(0, row)), Accept.AnyText, "length", "char_length"),
        Text("upper", "(text)", "Upper case.", 1, static (a, row, ref w) => Utf8Text.Map(a.Text(0, row), true, ref w), [Accept.Text]),
        Text("lower", "(text)", "Lower case.", 1, static (a, row, ref w) => Utf8Text.Map(a.Text(0, row), false, ref w), [Accept.Text]),
        Text("initcap", "(text)", "Each word capitalized.", 1, InitCap, [Accept.Text]),
        Text("reverse", "(text)", "Characters in reverse order.", 1, Reverse, [Accept.AnyText]),
        Trim("btrim", true, true, "trim"),
        Trim("ltrim", true, false),
        Trim("rtrim", false, true),
        Text("left", "(text, n)", "First n characters; negative n drops the last.", 2, StringParts.Left, [Accept.AnyText, Accept.Int64], view: true),
        Text("right", "(text, n)", "Last n characters; negative n drops the first.", 2, StringParts.Right, [Accept.AnyText, Accept.Int64], view: true),
        new DefinedFunction(
            "substr", "(text, start [, length])", "Characters from a position on.", Accept.Fixed("substr", DataType.Utf8View, 2, Accept.Text, Accept.Int64, Accept.Int64),
            static s => new TextPartKernel<CharacterRange>(s, StringParts.Substring), "substring") { CanFail = true },
        Text("lpad", "(text, n [, fill])", "Filled up or cut at the left to n characters.", 2, LeftPad, [Accept.AnyText, Accept.Int64, Accept.AnyText], canFail: true),
        Text("rpad", "(text, n [, fill])", "Filled up or cut at the right to n characters.", 2, RightPad, [Accept.AnyText, Accept.Int64, Accept.AnyText], canFail: true),
        Text("repeat", "(text, n)", "The text n times.", 2, Repeat, [Accept.Text, Accept.Int64], canFail: true),
        Text("replace", "(text, from, to)", "Every occurrence replaced.", 3, Replace, [Accept.Text, Accept.Text, Accept.Text]),
        Text("translate", "(text, from, to)", "Characters replaced one by one; those without counterpart vanish.", 3, Translate, [Accept.AnyText, Accept.AnyText, Accept.AnyText]),
        Text("overlay", "(text, part, from [, length])", "A part put over the text.", 3, StringParts.Overlay, [Accept.AnyText, Accept.AnyText, Accept.Int64, Accept.Int64], canFail: true),
        new DefinedFunction(
            "split_part", "(text, delimiter, n)", "The n-th part, from the end when n is negative.", Accept.SameText("split_part", 3, Accept.Text, Accept.Text, Accept.Int64),
            static s => new TextPartKernel<FirstPart>(s, StringParts.SplitPart)) { CanFail = true },
        Text("substr_index", "(text, delimiter, n)", "Everything before the n-th delimiter, or after it from the end.", 3, StringParts.SubstringIndex, [Accept.AnyText, Accept.AnyText, Accept.Int64], aliases: "substring_index"),
        new DefinedFunction(
            "chr", "(n)", "The character of a code point.", Accept.Fixed("chr", DataType.Utf8, 1, Accept.Int64),
            static s => new BytesRowKernel(s, Character)) { CanFail = true },
        new DefinedFunction(
            "to_hex", "(n)", "Hexadecimal digits; negative numbers as two's complement.", Accept.Fixed("to_hex", DataType.Utf8, 1, ToHexArgument),
            static s => new BytesRowKernel(s, static (RowArguments a, int row, ref BytesWriter w) => w.Append(a.Int64(0, row), "x"))),
        Test("starts_with", "(text, prefix)", static (a, row) => a.Text(0, row).StartsWith(a.Text(1, row))),
        Test("ends_with", "(text, suffix)", static (a, row) => a.Text(0, row).EndsWith(a.Text(1, row))),
        Test("contains", "(text, part)", static (a, row) => a.Text(0, row).IndexOf(a.Text(1, row)) >= 0),
        Position("strpos", "(text, part)", "Position of a part, 0 when there is none.", static (a, row) => IndexOf(a.Text(0, row), a.Text(1, row)), aliases: ["instr", "position"]),
        Position("find_in_set", "(text, list)", "Position in a list separated by commas.", static (a, row) => FindInSet(a.Text(0, row), a.Text(1, row)), Accept.AnyText),
        Position("levenshtein", "(a, b)", "Edit distance.", static (a, row) => Levenshtein(a.Text(0, row), a.Text(1, row))),
        new DefinedFunction(
            "uuid", "()", "A random UUID for each row.", Accept.Fixed("uuid", DataType.Utf8, 0),
            static s => new BytesRowKernel(s, static (RowArguments _, int _, ref BytesWriter w) => w.Append(Guid.NewGuid())) { Deterministic = false })
        {
            Changes = Volatility.Volatile,
        },
        .. ConcatFunctions.All,
        .. PatternEscapes.All,
    ];

    private static DataType? ToHexArgument(DataType type) => type.ValueType.IsInteger || type.Kind == TypeKind.Null ? DataType.Int64 : null;

    private static DefinedFunction Number(string name, string usage, string summary, FlatRow<int> compute, Parameter? text = null, params string[] aliases) =>
        new(name, usage, summary, Accept.Fixed(name, DataType.Int32, 1, text ?? Accept.Text), s => new FlatRowKernel<int>(s, compute), aliases);

    private static DefinedFunction Position(string name, string usage, string summary, FlatRow<int> compute, Parameter? text = null, params string[] aliases) =>
        new(name, usage, summary, Accept.Fixed(name, DataType.Int32, 2, text ?? Accept.Text, text ?? Accept.Text), s => new FlatRowKernel<int>(s, compute), aliases);

    private static DefinedFunction Test(string name, string usage, NullableRow<bool> compute) =>
        new(name, usage, "A case-sensitive test.", Accept.Fixed(name, DataType.Boolean, 2, Accept.Text, Accept.Text), s => new BitRowKernel(s, compute));

    private static DefinedFunction Text(
        string name, string usage, string summary, int required, BytesRow compute, Parameter[] parameters, bool view = false, bool canFail = false, params string[] aliases) =>
        new(
            name,
            usage,
            summary,
            view ? Accept.Fixed(name, DataType.Utf8View, required, parameters) : Accept.SameText(name, required, parameters),
            s => new BytesRowKernel(s, compute),
            aliases)
        {
            CanFail = canFail,
        };

    private static DefinedFunction Trim(string name, bool start, bool end, params string[] aliases) => Text(
        name,
        "(text [, characters])",
        "Strips blanks or the given characters.",
        1,
        (RowArguments a, int row, ref BytesWriter w) => w.Append(Utf8Text.Trim(a.Text(0, row), a.Count > 1 ? a.Text(1, row) : " "u8, start, end)),
        [Accept.Text, Accept.Text],
        aliases: aliases);

    private static int FirstCodePoint(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }
        Rune.DecodeFromUtf8(text, out var rune, out _);
        return rune.Value;
    }

    private static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
    {
        var index = text.IndexOf(part);
        return index < 0 ? 0 : Utf8Text.Count(text[..index]) + 1;
    }

    private static void InitCap(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var isStart = true;
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var consumed);
            Utf8Text.MapRune(rune, isStart, ref writer);
            isStart = !Rune.IsLetterOrDigit(rune);
            text = text[consumed..];
        }
    }

    private static void Reverse(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var target = writer.Reserve(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = Utf8Text.LengthAt(text, i);
            text.Slice(i, length).CopyTo(target[(text.Length - i - length)..]);
            i += length;
        }
        writer.Advance(text.Length);
    }

    private static void LeftPad(RowArguments a, int row, ref BytesWriter writer) => Pad(a, row, ref writer, true);

    private static void RightPad(RowArguments a, int row, ref BytesWriter writer) => Pad(a, row, ref writer, false);

    private static void Pad(RowArguments a, int row, ref BytesWriter writer, bool isLeft)
    {
        var text = a.Text(0, row);
        var target = a.Int64(1, row);
        var fill = a.Count > 2 ? a.Text(2, row) : " "u8;
        var missing = target - Utf8Text.Count(text);
        if (missing <= 0)
        {
            writer.Append(text[..Utf8Text.IndexOf(text, Math.Max(target, 0))]);
            return;
        }
        CheckLength(missing);
        if (!isLeft)
        {
            writer.Append(text);
        }
        for (var at = 0; missing > 0 && !fill.IsEmpty; missing--)
        {
            var length = Utf8Text.LengthAt(fill, at);
            writer.Append(fill.Slice(at, length));
            at = at + length == fill.Length ? 0 : at + length;
        }
        if (isLeft)
        {
            writer.Append(text);
        }
    }

    private static void Repeat(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var count = Math.Max(a.Int64(1, row), 0);
        if (text.IsEmpty)
        {
            return;
        }
        CheckLength(count > MaxLength ? count : count * text.Length);
        for (; count > 0; count--)
        {
            writer.Append(text);
        }
    }

    private static void CheckLength(long length)
    {
        if (length > MaxLength)
        {
            Throw.Engine(SqlState.OutOfMemory, $"A text of {length} bytes is longer than the {MaxLength} that one value may have.");
        }
    }

    private static void Replace(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var from = a.Text(1, row);
        var to = a.Text(2, row);
        if (from.IsEmpty)
        {
            // Upstream puts the new text around every character (golden: string).
            for (var i = 0; i < text.Length;)
            {
                var length = Utf8Text.LengthAt(text, i);
                writer.Append(to);
                writer.Append(text.Slice(i, length));
                i += length;
            }
            writer.Append(to);
            return;
        }
        for (int index; (index = text.IndexOf(from)) >= 0; text = text[(index + from.Length)..])
        {
            writer.Append(text[..index]);
            writer.Append(to);
        }
        writer.Append(text);
    }

    private static void Translate(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var from = a.Text(1, row);
        var to = a.Text(2, row);
        for (var i = 0; i < text.Length;)
        {
            var length = Utf8Text.LengthAt(text, i);
            var one = text.Slice(i, length);
            i += length;
            var index = from.IndexOf(one);
            if (index < 0)
            {
                writer.Append(one);
                continue;
            }
            var at = Utf8Text.IndexOf(to, Utf8Text.Count(from[..index]));
            if (at < to.Length)
            {
                writer.Append(to.Slice(at, Utf8Text.LengthAt(to, at)));
            }
        }
    }

    private static void Character(RowArguments a, int row, ref BytesWriter writer)
    {
        var n = a.Int64(0, row);
        if (n is < 0 or > 0x10ffff || !Rune.IsValid((int)n))
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"invalid Unicode scalar value: {n}");
        }
        writer.Append(new Rune((int)n));
    }

    private static int FindInSet(ReadOnlySpan<byte> text, ReadOnlySpan<byte> list)
    {
        for (var position = 1; ; position++)
        {
            var comma = list.IndexOf((byte)',');
            if ((comma < 0 ? list : list[..comma]).SequenceEqual(text))
            {
                return position;
            }
            if (comma < 0)
            {
                return 0;
            }
            list = list[(comma + 1)..];
        }
    }

    private static int Levenshtein(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => EditDistance.Between<Rune>(
        Encoding.UTF8.GetString(left).EnumerateRunes().ToArray(), Encoding.UTF8.GetString(right).EnumerateRunes().ToArray());
}
