using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// Turns sort keys into byte strings that compare bytewise in the order wanted: for each key a byte that places NULLs (left out where there are none),
/// then the value as <see cref="NormalizedValue"/> says, inverted for DESC. Keys of numbers and times have a fixed length and are written column by column.
/// </summary>
internal sealed unsafe class SortKeyEncoder : IDisposable
{
    private readonly IReadOnlyList<SortKey> keys;
    private readonly CompiledExpression[] expressions;
    private readonly AccessScratch[] scratch;
    private readonly VectorAccess[] accesses;
    private readonly ByteWriter bytes = new();
    private readonly BinaryVector output = new(DataType.Binary);
    private readonly int stride;

    public SortKeyEncoder(IReadOnlyList<SortKey> keys, IReadOnlyList<PlanColumn> input, QueryContext context)
    {
        this.keys = keys;
        expressions = CompiledExpression.Compile(keys.Select(static key => key.Expression), input, context);
        scratch = [.. keys.Select(static _ => new AccessScratch())];
        accesses = new VectorAccess[keys.Count];
        foreach (var key in keys)
        {
            var size = FixedSize(key.Expression.Type.ValueType);
            if (size == 0)
            {
                stride = 0;
                IsFixed = false;
                return;
            }
            stride += size + (key.Expression.Nullable ? 1 : 0);
        }
        IsFixed = true;
    }

    /// <summary>Whether all keys have the same length.</summary>
    public bool IsFixed { get; }

    /// <summary>The length of all keys, if it is fixed.</summary>
    public int FixedLength => stride;

    /// <summary>The key of each selected row, at the row's place; other rows have undefined ones. Borrowed until the next call.</summary>
    public BinaryVector Encode(Batch batch, Selection? selection)
    {
        for (var i = 0; i < expressions.Length; i++)
        {
            accesses[i] = VectorAccess.Of(expressions[i].Evaluate(batch, selection), scratch[i]);
        }
        if (IsFixed)
        {
            EncodeFixed(batch.RowCount, selection);
        }
        else
        {
            EncodeRows(batch.RowCount, selection);
        }
        return output;
    }

    public void Dispose()
    {
        foreach (var expression in expressions)
        {
            expression.Dispose();
        }
        foreach (var item in scratch)
        {
            item.Dispose();
        }
        bytes.Dispose();
        output.Dispose();
    }

    private static int FixedSize(DataType type) => type.Kind switch
    {
        TypeKind.Decimal128 or TypeKind.Decimal256 or TypeKind.IntervalMonthDayNano or TypeKind.IntervalDayTime => 0,
        _ => type.FlatSize,
    };

    private void EncodeFixed(int rowCount, Selection? selection)
    {
        output.Prepare(rowCount, (long)rowCount * stride);
        for (var i = 0; i <= rowCount; i++)
        {
            output.Offsets[i] = i * stride;
        }
        var at = output.Bytes;
        for (var i = 0; i < accesses.Length; i++)
        {
            var nullable = keys[i].Expression.Nullable;
            var value = at + (nullable ? 1 : 0);
            if (accesses[i].Plain is FlatVector flat)
            {
                WriteFlat(accesses[i], flat, selection, rowCount, value, keys[i].Descending ? ulong.MaxValue : 0);
            }
            if (nullable)
            {
                WriteNulls(accesses[i], selection, rowCount, at, keys[i].NullsFirst, flat: FixedSize(keys[i].Expression.Type.ValueType));
            }
            at = value + FixedSize(keys[i].Expression.Type.ValueType);
        }
    }

    private void WriteNulls(in VectorAccess access, Selection? selection, int rowCount, byte* target, bool nullsFirst, int flat)
    {
        var isNull = nullsFirst ? (byte)0 : (byte)1;
        var isPresent = (byte)(1 - isNull);
        var count = selection?.Count ?? rowCount;
        for (var i = 0; i < count; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            var at = target + ((long)row * stride);
            if (access.IsNull(row))
            {
                *at = isNull;
                new Span<byte>(at + 1, flat).Clear();
            }
            else
            {
                *at = isPresent;
            }
        }
    }

    private void WriteFlat(in VectorAccess access, FlatVector flat, Selection? selection, int rowCount, byte* target, ulong mask)
    {
        switch (flat)
        {
            case FlatVector<sbyte>:
                Write<sbyte, SByteOrder>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<byte>:
                Write<byte, ByteOrder>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<short>:
                Write<short, Int16Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<ushort>:
                Write<ushort, UInt16Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<int>:
                Write<int, Int32Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<uint>:
                Write<uint, UInt32Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<long>:
                Write<long, Int64Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<ulong>:
                Write<ulong, UInt64Order>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<Half>:
                Write<Half, HalfOrder>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<float>:
                Write<float, SingleOrder>(access, flat, selection, rowCount, target, mask);
                break;
            case FlatVector<double>:
                Write<double, DoubleOrder>(access, flat, selection, rowCount, target, mask);
                break;
        }
    }

    private void Write<T, TOrder>(in VectorAccess access, FlatVector flat, Selection? selection, int rowCount, byte* target, ulong mask)
        where T : unmanaged
        where TOrder : struct, ISortOrder<T>
    {
        var from = (T*)flat.Data;
        if (selection is null && access.IsDirect)
        {
            for (var row = 0; row < rowCount; row++)
            {
                TOrder.Write(target + ((long)row * stride), from[row], mask);
            }
            return;
        }
        var count = selection?.Count ?? rowCount;
        for (var i = 0; i < count; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            if (!access.MayHaveNulls || !access.IsNull(row))
            {
                TOrder.Write(target + ((long)row * stride), from[access.IndexOf(row)], mask);
            }
        }
    }

    private void EncodeRows(int rowCount, Selection? selection)
    {
        bytes.Clear();
        output.Prepare(rowCount, 0);
        var next = 0;
        for (var row = 0; row < rowCount; row++)
        {
            if (selection is null || (next < selection.Count && selection.Rows[next] == row))
            {
                next++;
                EncodeRow(row);
            }
            output.Offsets[row + 1] = bytes.Length;
        }
        output.GrowBytes(bytes.Length, 0);
        bytes.Span.CopyTo(new Span<byte>(output.Bytes, bytes.Length));
    }

    private void EncodeRow(int row)
    {
        for (var i = 0; i < accesses.Length; i++)
        {
            var key = keys[i];
            var isNull = accesses[i].IsNull(row);
            if (key.Expression.Nullable || isNull)
            {
                bytes.Add(isNull == key.NullsFirst ? (byte)0 : (byte)1);
            }
            if (!isNull)
            {
                var start = bytes.Length;
                NormalizedValue.Append(accesses[i].Plain, accesses[i].IndexOf(row), bytes);
                if (key.Descending)
                {
                    bytes.InvertFrom(start);
                }
            }
        }
    }
}
