using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary><c>IN</c> a list of constants: null when nothing matches and the list holds a null.</summary>
internal abstract class InKernel : BitKernel
{
    /// <summary>Up to this many values are compared one after the other instead of hashed.</summary>
    protected const int ShortList = 6;

    private readonly bool hasNull;
    private readonly bool negated;

    protected InKernel(bool hasNull, bool negated)
    {
        this.hasNull = hasNull;
        this.negated = negated;
    }

    /// <summary>The kernel for a list of constants; null when the type is compared value by value only.</summary>
    public static Kernel? Create(DataType type, IReadOnlyList<object?> items, bool negated)
    {
        var values = items.Where(static item => item is not null).ToArray();
        var hasNull = values.Length < items.Count;
        return type.ValueType.Kind switch
        {
            TypeKind.Int8 => new FlatInKernel<sbyte>(values, hasNull, negated),
            TypeKind.UInt8 => new FlatInKernel<byte>(values, hasNull, negated),
            TypeKind.Int16 => new FlatInKernel<short>(values, hasNull, negated),
            TypeKind.UInt16 => new FlatInKernel<ushort>(values, hasNull, negated),
            TypeKind.UInt32 => new FlatInKernel<uint>(values, hasNull, negated),
            TypeKind.UInt64 => new FlatInKernel<ulong>(values, hasNull, negated),
            TypeKind.Float32 => new KeyInKernel<float>(values, hasNull, negated, static value => TotalOrder.Key(value)),
            TypeKind.Float64 => new KeyInKernel<double>(values, hasNull, negated, static value => TotalOrder.Key(value)),
            TypeKind.Float16 => new KeyInKernel<Half>(values, hasNull, negated, static value => TotalOrder.Key(value)),
            TypeKind.Decimal128 => new FlatInKernel<Int128>(values, hasNull, negated),
            TypeKind.Decimal256 => new FlatInKernel<Int256>(values, hasNull, negated),
            TypeKind.IntervalMonthDayNano => new FlatInKernel<MonthDayNano>(values, hasNull, negated),
            _ => type.Storage switch
            {
                StorageKind.Flat when type.FlatSize == 4 => new FlatInKernel<int>(values, hasNull, negated),
                StorageKind.Flat => new FlatInKernel<long>(values, hasNull, negated),
                StorageKind.Bytes => new BytesInKernel(values, hasNull, negated),
                _ => null,
            },
        };
    }

    /// <summary>Writes the outcome of one row.</summary>
    protected unsafe void Put(BitVector output, int row, bool found)
    {
        Bitmap.Assign(output.Words, row, found != negated);
        if (!found && hasNull)
        {
            Nulls.Set(output, row);
        }
    }
}

internal sealed class FlatInKernel<T> : InKernel
    where T : unmanaged, IEquatable<T>
{
    private readonly T[] list;
    private readonly HashSet<T>? set;

    public FlatInKernel(object?[] values, bool hasNull, bool negated)
        : base(hasNull, negated)
    {
        list = Array.ConvertAll(values, static value => (T)value!);
        set = list.Length > ShortList ? [.. list] : null;
    }

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in rows)
        {
            var value = reader[row];
            Put(output, row, set?.Contains(value) ?? Array.IndexOf(list, value) >= 0);
        }
    }
}

/// <summary>Floats, found by their place in the total order.</summary>
internal sealed class KeyInKernel<T>(object?[] values, bool hasNull, bool negated, Func<T, long> key) : InKernel(hasNull, negated)
    where T : unmanaged
{
    private readonly HashSet<long> set = [.. values.Select(value => key((T)value!))];

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in rows)
        {
            Put(output, row, set.Contains(key(reader[row])));
        }
    }
}

internal sealed class BytesInKernel : InKernel
{
    private readonly ByteStringSet set = new();

    public BytesInKernel(object?[] values, bool hasNull, bool negated)
        : base(hasNull, negated)
    {
        foreach (var value in values)
        {
            set.Add(value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : (byte[])value!);
        }
    }

    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var reader = new BytesReader(arguments[0]);
        foreach (var row in rows)
        {
            Put(output, row, set.Contains(reader[row]));
        }
    }
}

/// <summary><c>IN</c> a list that is not constant, or of a type that cannot be hashed: one comparison an item.</summary>
internal sealed class InExpression(VectorExpression operand, VectorExpression[] items, bool negated) : VectorExpression(DataType.Boolean)
{
    private readonly BitVector output = new();

    public override unsafe Vector Evaluate(Batch batch, Selection? selection)
    {
        var value = operand.Evaluate(batch, selection);
        output.Prepare(batch.RowCount);
        var vectors = new Vector[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            vectors[i] = items[i].Evaluate(batch, selection);
        }
        foreach (var row in new RowSet(selection, batch.RowCount, null))
        {
            var isUnknown = value.IsNull(row);
            var found = false;
            for (var i = 0; i < vectors.Length && !found && !value.IsNull(row); i++)
            {
                isUnknown |= vectors[i].IsNull(row);
                found = !vectors[i].IsNull(row) && ValueOrder.Equal(value, row, vectors[i], row);
            }
            Bitmap.Assign(output.Words, row, found != negated);
            if (!found && isUnknown)
            {
                Nulls.Set(output, row);
            }
        }
        return output;
    }

    public override void Dispose()
    {
        base.Dispose();
        operand.Dispose();
        foreach (var item in items)
        {
            item.Dispose();
        }
        output.Dispose();
    }
}
