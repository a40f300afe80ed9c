using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Regular expressions (spec/sql.md §5.12): flags i m s U x, and g for replace all.</summary>
internal static class RegexFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Match("~", ignoreCase: false, negated: false),
        Match("~*", ignoreCase: true, negated: false),
        Match("!~", ignoreCase: false, negated: true),
        Match("!~*", ignoreCase: true, negated: true),
        new DefinedFunction(
            "regexp_like", "(text, pattern [, flags])", "Whether the pattern matches somewhere.",
            Accept.Fixed("regexp_like", DataType.Boolean, 2, Accept.Text, Accept.Text, Accept.Text), static _ => new RegexMatchKernel(false, false)) { CanFail = true },
        new DefinedFunction(
            "regexp_match", "(text, pattern [, flags])", "The groups of the first match, or the match itself when there are no groups.",
            Accept.Fixed("regexp_match", DataType.List(DataType.Utf8), 2, Accept.AnyText, Accept.AnyText, Accept.AnyText),
            static s => new BuiltRowKernel(s, new RegexCache().FirstMatch)) { CanFail = true },
        new DefinedFunction(
            "regexp_extract_all", "(text, pattern [, group])", "All matches, or a group of each, as a list.",
            Accept.Fixed("regexp_extract_all", DataType.List(DataType.Utf8), 2, Accept.AnyText, Accept.AnyText, Accept.Int64),
            static s => new BuiltRowKernel(s, new RegexCache().AllMatches)) { CanFail = true },
        new DefinedFunction(
            "regexp_replace", "(text, pattern, replacement [, flags])", "The first match replaced, or all with flag g; \\1 and $1 stand for groups.",
            Accept.SameText("regexp_replace", 3, Accept.AnyText, Accept.AnyText, Accept.AnyText, Accept.AnyText),
            static s => new BytesRowKernel(s, new RegexCache().Replace)) { CanFail = true },
        new DefinedFunction(
            "regexp_count", "(text, pattern [, start [, flags]])", "Number of matches; 0 for NULL.",
            static arguments => Accept.Match(
                "regexp_count", arguments, 2, [Accept.AnyText, Accept.AnyText, Accept.Int64, Accept.AnyText], static _ => DataType.Int64),
            static s => new NullableRowKernel<long>(s, new RegexCache().Count, propagatesNulls: false)) { CanFail = true },
        new DefinedFunction(
            "regexp_instr", "(text, pattern [, start [, n [, flags [, group]]]])", "Position of the n-th match, 0 when there is none.",
            static arguments => Accept.Match(
                "regexp_instr", arguments, 2, [Accept.AnyText, Accept.AnyText, Accept.Int64, Accept.Int64, Accept.AnyText, Accept.Int64], static _ => DataType.Int64),
            static s => new NullableRowKernel<long>(s, new RegexCache().Position)) { CanFail = true },
    ];

    private static DefinedFunction Match(string sign, bool ignoreCase, bool negated) => new(
        sign, $"text {sign} pattern", "Regular expression search.", Accept.Fixed(sign, DataType.Boolean, 2, Accept.Text, Accept.Text),
        _ => new RegexMatchKernel(ignoreCase, negated))
    {
        CanFail = true,
    };
}

/// <summary>Patterns by their text and flags, for one worker.</summary>
internal sealed class RegexCache
{
    private readonly Dictionary<(string, string), RegexPattern> patterns = [];
    private byte[] lastPattern = [];
    private byte[] lastFlags = [];
    private RegexPattern? last;

    public RegexPattern Find(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> flags, bool needsGroups)
    {
        if (last is not null && pattern.SequenceEqual(lastPattern) && flags.SequenceEqual(lastFlags))
        {
            return last;
        }
        var key = (Encoding.UTF8.GetString(pattern), Encoding.UTF8.GetString(flags));
        if (!patterns.TryGetValue(key, out var found))
        {
            if (patterns.Count >= 256)
            {
                patterns.Clear();
            }
            patterns[key] = found = RegexPattern.Compile(pattern, flags, needsGroups);
        }
        (lastPattern, lastFlags, last) = (pattern.ToArray(), flags.ToArray(), found);
        return found;
    }

    /// <summary>Flag g is about what follows the first match: a search has no use for it.</summary>
    public static void RefuseGlobal(string name, ReadOnlySpan<byte> flags)
    {
        if (flags.Contains((byte)'g'))
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"{name}() does not support the \"global\" option");
        }
    }

    public void FirstMatch(RowArguments a, int row, VectorBuilder output)
    {
        var flags = Flags(a, row, 2);
        RefuseGlobal("regexp_match", flags);
        var pattern = Find(a.Text(1, row), flags, true);
        var text = Encoding.UTF8.GetString(a.Text(0, row));
        var match = pattern.Regex.Match(text);
        if (!match.Success)
        {
            output.AppendNull();
            return;
        }
        var list = (ListVectorBuilder)output;
        for (var i = match.Groups.Count > 1 ? 1 : 0; i < match.Groups.Count; i++)
        {
            list.Items.AppendValue(match.Groups[i].Success ? match.Groups[i].Value : null);
        }
        list.EndList();
    }

    /// <summary>Every match, or what a group of it holds (empty where the group takes no part), as in DuckDB.</summary>
    public void AllMatches(RowArguments a, int row, VectorBuilder output)
    {
        var pattern = Find(a.Text(1, row), [], true);
        var group = a.Count > 2 ? a.Int64(2, row) : 0;
        if (group < 0 || group >= pattern.Regex.GetGroupNumbers().Length)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"regexp_extract_all: the pattern has no group {group}");
        }
        var list = (ListVectorBuilder)output;
        var items = (BinaryVectorBuilder)list.Items;
        for (var match = pattern.Regex.Match(Encoding.UTF8.GetString(a.Text(0, row))); match.Success; match = match.NextMatch())
        {
            Interruption.ThrowIfRequested();
            items.Append(Encoding.UTF8.GetBytes(match.Groups[(int)group].Value));
        }
        list.EndList();
    }

    public void Replace(RowArguments a, int row, ref BytesWriter writer)
    {
        var flags = Flags(a, row, 3);
        var pattern = Find(a.Text(1, row), flags, true);
        var text = Encoding.UTF8.GetString(a.Text(0, row));
        var replacement = new RegexReplacement(Encoding.UTF8.GetString(a.Text(2, row)));
        var isAll = flags.Contains((byte)'g');
        var at = 0;
        for (var match = pattern.Regex.Match(text); match.Success; match = match.NextMatch())
        {
            writer.Append(text.AsSpan(at, match.Index - at));
            replacement.Append(match, ref writer);
            at = match.Index + match.Length;
            if (!isAll)
            {
                break;
            }
        }
        writer.Append(text.AsSpan(at));
    }

    public long? Count(RowArguments a, int row)
    {
        // Upstream counts no match in a NULL text (golden: column-string).
        for (var i = 0; i < a.Count; i++)
        {
            if (a.IsNull(i, row))
            {
                return 0;
            }
        }
        var pattern = Find(a.Text(1, row), Flags(a, row, 3), true);
        var text = From(a, row, 2, out _);
        return text is null ? 0 : pattern.Regex.Count(text);
    }

    public long? Position(RowArguments a, int row)
    {
        var pattern = Find(a.Text(1, row), Flags(a, row, 4), true);
        var text = From(a, row, 2, out var start);
        var number = a.Count > 3 ? a.Int64(3, row) : 1;
        var group = a.Count > 5 ? a.Int64(5, row) : 0;
        if (number < 1 || group < 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "regexp_instr wants positive numbers");
        }
        if (text is null)
        {
            return 0;
        }
        var match = pattern.Regex.Match(text);
        for (; match.Success && number > 1; number--)
        {
            match = match.NextMatch();
        }
        if (!match.Success || group >= match.Groups.Count || !match.Groups[(int)group].Success)
        {
            return 0;
        }
        var position = start;
        foreach (var _ in text.AsSpan(0, match.Groups[(int)group].Index).EnumerateRunes())
        {
            position++;
        }
        return position;
    }

    private static ReadOnlySpan<byte> Flags(RowArguments a, int row, int ordinal) => a.Count > ordinal && !a.IsNull(ordinal, row) ? a.Text(ordinal, row) : [];

    private static string? From(RowArguments a, int row, int ordinal, out long start)
    {
        start = a.Count > ordinal ? a.Int64(ordinal, row) : 1;
        if (start < 1)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "regexp_count() requires start to be 1 based");
        }
        var bytes = a.Text(0, row);
        var index = Utf8Text.IndexOf(bytes, start - 1);
        // Behind the end there is not even an empty match.
        return index == bytes.Length && start - 1 > Utf8Text.Count(bytes) ? null : Encoding.UTF8.GetString(bytes[index..]);
    }
}

/// <summary>Whether patterns match; a constant literal is searched in one sweep over all texts of a batch.</summary>
internal sealed unsafe class RegexMatchKernel(bool ignoreCase, bool negated) : BitKernel
{
    private readonly RegexCache cache = new();

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var texts = new BytesReader(arguments[0]);
        var patterns = new BytesReader(arguments[1]);
        var flags = arguments.Length > 2 ? new BytesReader(arguments[2]) : default;
        var isConstant = arguments[1] is ConstantVector && (arguments.Length < 3 || arguments[2] is ConstantVector);
        if (arguments.Length > 2)
        {
            foreach (var row in rows)
            {
                RegexCache.RefuseGlobal("regexp_like", flags[row]);
                if (arguments[2] is ConstantVector)
                {
                    break;
                }
            }
        }
        if (isConstant && rows.IsDense && rows.Count > 0 && arguments[0] is BinaryVector plain)
        {
            var constant = cache.Find(patterns[0], arguments.Length > 2 ? flags[0] : Flags, false);
            if ((constant.Literal ?? constant.Required) is { Length: > 0 } literal)
            {
                Sweep(constant, plain, literal, output);
                return;
            }
        }
        var cancellation = Interruption.Token;
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var pattern = cache.Find(patterns[row], arguments.Length > 2 ? flags[row] : Flags, false);
            Bitmap.Assign(output.Words, row, pattern.IsMatch(texts[row]) != negated);
        }
    }

    private ReadOnlySpan<byte> Flags => ignoreCase ? "i"u8 : [];

    private void Sweep(RegexPattern pattern, BinaryVector texts, byte[] literal, BitVector output)
    {
        SubstringSearch.Mark(texts, literal, output.Words);
        var cancellation = Interruption.Token;
        var words = Bitmap.WordCount(output.Length);
        for (var i = 0; i < words; i++)
        {
            for (var candidates = pattern.Literal is null ? output.Words[i] : 0; candidates != 0; candidates &= candidates - 1)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = (i << 6) + System.Numerics.BitOperations.TrailingZeroCount(candidates);
                if (!pattern.Regex.IsMatch(pattern.Decode(texts[row])))
                {
                    Bitmap.Clear(output.Words, row);
                }
            }
            if (negated)
            {
                output.Words[i] = ~output.Words[i];
            }
        }
    }
}
