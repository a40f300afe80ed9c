using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>How the part of a text is found that constants say.</summary>
internal unsafe interface ITextPart
{
    /// <summary>Whether the arguments behind the text are constants of a kind that <see cref="Find"/> knows.</summary>
    bool TryPrepare(Vector[] arguments);

    /// <summary>Bytes of the part; -1 where that is not so easily told. Up to <see cref="NativeBuffer.Slack"/> bytes behind the text may be read.</summary>
    int Find(byte* text, int length);

    /// <summary>Where the part begins.</summary>
    int First(int length);
}

/// <summary>Parts of texts. Where it is constant which part, and the bytes at the start of a text tell, a row takes a few instructions; other rows are computed as always.</summary>
internal sealed unsafe class TextPartKernel<TPart>(FunctionSignature signature, BytesRow compute) : BytesKernel(signature.ReturnType)
    where TPart : struct, ITextPart
{
    private readonly RowArguments read = new(signature.ArgumentTypes);

    protected override void Run(Vector[] arguments, RowSet rows, ref BytesWriter writer)
    {
        read.Attach(arguments);
        var cancellation = Interruption.Token;
        TPart part = default;
        var texts = arguments[0] as BinaryVector;
        var isKnown = texts is not null && part.TryPrepare(arguments);
        foreach (var row in rows)
        {
            writer.Begin(row);
            if (isKnown)
            {
                var start = texts!.Offsets[row];
                var length = texts.Offsets[row + 1] - start;
                var found = part.Find(texts.Bytes + start, length);
                if (found >= 0)
                {
                    writer.Append(texts.Bytes + start + part.First(length), found);
                    continue;
                }
            }
            cancellation.ThrowIfCancellationRequested();
            compute(read, row, ref writer);
        }
    }
}

/// <summary>The characters of <c>substr</c>: where those up to the end of the part are ASCII, they are bytes.</summary>
internal unsafe struct CharacterRange : ITextPart
{
    /// <summary>Bytes that are looked at; a part that ends behind them is computed as always.</summary>
    private const int Most = 4 * 32;

    private int skipped;
    private int end;

    public bool TryPrepare(Vector[] arguments)
    {
        if (arguments.Length != 3
            || !ConstantArgument.TryGet(arguments[1], out var start) || !ConstantArgument.TryGet(arguments[2], out var count)
            || start is < 1 or > Most || count is < 0 or > Most)
        {
            return false;
        }
        skipped = (int)start - 1;
        end = skipped + (int)count;
        return end <= Most;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Find(byte* text, int length)
    {
        var bytes = Math.Min(end, length);
        for (var i = 0; i < bytes; i += Vector256<byte>.Count)
        {
            var others = Vector256.Load(text + i).ExtractMostSignificantBits();
            if ((others & (uint)((1UL << Math.Min(bytes - i, Vector256<byte>.Count)) - 1)) != 0)
            {
                return -1;
            }
        }
        return Math.Max(0, bytes - skipped);
    }

    public readonly int First(int length) => Math.Min(skipped, length);
}

/// <summary>The first part of <c>split_part</c>: it mostly ends within the first bytes, before a delimiter of one byte.</summary>
internal unsafe struct FirstPart : ITextPart
{
    private Vector256<byte> delimiter;

    public bool TryPrepare(Vector[] arguments)
    {
        if (arguments[1] is not ConstantVector { Value: BinaryVector value } constant || constant.IsNull(0) || value[0].Length != 1
            || !ConstantArgument.TryGet(arguments[2], out var number) || number != 1)
        {
            return false;
        }
        delimiter = Vector256.Create(value[0][0]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Find(byte* text, int length)
    {
        for (var i = 0; i < length; i += Vector256<byte>.Count)
        {
            var found = Vector256.Equals(Vector256.Load(text + i), delimiter).ExtractMostSignificantBits();
            if (found != 0)
            {
                return Math.Min(length, i + BitOperations.TrailingZeroCount(found));
            }
        }
        return length;
    }

    public readonly int First(int length) => 0;
}

/// <summary>Arguments whose value is the same for all rows.</summary>
internal static class ConstantArgument
{
    public static bool TryGet(Vector vector, out long value)
    {
        if (vector is ConstantVector { Value: FlatVector<long> one } && !vector.IsNull(0))
        {
            value = one[0];
            return true;
        }
        value = 0;
        return false;
    }
}
