using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Expressions;

/// <summary>LIKE and ILIKE. A constant pattern is compiled once; one that is just "contains" searches all texts of a batch in one sweep.</summary>
internal sealed unsafe class LikeKernel(bool ignoreCase, bool negated) : BitKernel
{
    private readonly Dictionary<string, LikePattern> patterns = [];
    private Vector? patternOf;
    private LikePattern? compiled;

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var texts = new BytesReader(arguments[0]);
        var cancellation = Interruption.Token;
        if (arguments[1] is ConstantVector constant)
        {
            if (constant.IsNull(0))
            {
                return;
            }
            var pattern = Compile(constant);
            if (rows.IsDense && pattern.ContainedLiteral is { } literal && arguments[0] is BinaryVector plain)
            {
                SubstringSearch.Mark(plain, literal, output.Words);
                if (negated)
                {
                    var words = Bitmap.WordCount(output.Length);
                    for (var i = 0; i < words; i++)
                    {
                        output.Words[i] = ~output.Words[i];
                    }
                }
                return;
            }
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                Bitmap.Assign(output.Words, row, pattern.Matches(texts[row]) != negated);
            }
            return;
        }
        var sources = new BytesReader(arguments[1]);
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            Bitmap.Assign(output.Words, row, Lookup(sources[row]).Matches(texts[row]) != negated);
        }
    }

    private LikePattern Compile(ConstantVector constant)
    {
        if (compiled is null || !ReferenceEquals(patternOf, constant.Value))
        {
            patternOf = constant.Value;
            compiled = LikePattern.Parse(((BinaryVector)constant.Value)[0], ignoreCase);
        }
        return compiled;
    }

    private LikePattern Lookup(ReadOnlySpan<byte> source)
    {
        var text = System.Text.Encoding.UTF8.GetString(source);
        if (!patterns.TryGetValue(text, out var pattern))
        {
            if (patterns.Count >= 1024)
            {
                patterns.Clear();
            }
            patterns[text] = pattern = LikePattern.Parse(source, ignoreCase);
        }
        return pattern;
    }
}
