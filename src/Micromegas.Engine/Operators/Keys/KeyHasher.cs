using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>Hashes of rows by their values: the same for every worker and encoding, so that equal keys meet in one partition.</summary>
internal sealed unsafe class KeyHasher : IDisposable
{
    private readonly AccessScratch scratch = new();
    private readonly ByteWriter bytes = new();

    /// <summary>Hashes the first <paramref name="count"/> rows of the columns.</summary>
    public void Hash(ReadOnlySpan<Vector> columns, int count, ulong* hashes) => Hash(columns, null, count, hashes);

    /// <summary>Hashes some rows of the columns.</summary>
    /// <param name="columns">The values.</param>
    /// <param name="rows">The rows; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows.</param>
    /// <param name="hashes">Gets one hash a row, in the order of <paramref name="rows"/>.</param>
    public void Hash(ReadOnlySpan<Vector> columns, int* rows, int count, ulong* hashes)
    {
        new Span<ulong>(hashes, count).Clear();
        foreach (var column in columns)
        {
            var access = VectorAccess.Of(column, scratch);
            if (!access.IsDirect || access.MayHaveNulls || !TryHashPlain(access.Plain, rows, count, hashes))
            {
                for (var i = 0; i < count; i++)
                {
                    var row = rows == null ? i : rows[i];
                    hashes[i] = Combine(hashes[i], access.IsNull(row) ? 0x1F83D9ABFB41BD6B : HashValue(access.Plain, access.IndexOf(row)));
                }
            }
        }
        for (var i = 0; i < count; i++)
        {
            hashes[i] = (hashes[i] ^ (hashes[i] >> 32)) * 0xD6E8FEB86659FD93;
        }
    }

    public void Dispose()
    {
        scratch.Dispose();
        bytes.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Combine(ulong hash, ulong value) => BitOperations.RotateLeft(hash ^ value, 27) * 0x9E3779B97F4A7C15;

    /// <summary>What <see cref="HashValue"/> gives, for the usual columns without looking at the type of each row.</summary>
    private static bool TryHashPlain(Vector plain, int* rows, int count, ulong* hashes)
    {
        switch (plain)
        {
            case BinaryVector binary:
                for (var i = 0; i < count; i++)
                {
                    var row = rows == null ? i : rows[i];
                    var start = binary.Offsets[row];
                    hashes[i] = Combine(hashes[i], ByteStringTable.Hash(binary.Bytes + start, binary.Offsets[row + 1] - start));
                }
                return true;
            case FlatVector<double> or FlatVector<float>:
                return false;
            case FlatVector { ElementSize: 8 } flat:
                for (var i = 0; i < count; i++)
                {
                    hashes[i] = Combine(hashes[i], ((ulong*)flat.Data)[rows == null ? i : rows[i]]);
                }
                return true;
            case FlatVector { ElementSize: 4 } flat:
                for (var i = 0; i < count; i++)
                {
                    hashes[i] = Combine(hashes[i], ((uint*)flat.Data)[rows == null ? i : rows[i]]);
                }
                return true;
            default:
                return false;
        }
    }

    private ulong HashValue(Vector plain, int row)
    {
        switch (plain)
        {
            case BinaryVector binary:
                return ByteStringTable.Hash(binary.Bytes + binary.Offsets[row], binary.Offsets[row + 1] - binary.Offsets[row]);
            case FlatVector<double> doubles:
                return NormalizedValue.Order(doubles[row]);
            case FlatVector<float> floats:
                return NormalizedValue.Order(floats[row]);
            case FlatVector { ElementSize: 8 } flat:
                return ((ulong*)flat.Data)[row];
            case FlatVector { ElementSize: 4 } flat:
                return ((uint*)flat.Data)[row];
            default:
                bytes.Clear();
                NormalizedValue.Append(plain, row, bytes);
                return ByteStringTable.Hash(bytes.Span);
        }
    }
}
