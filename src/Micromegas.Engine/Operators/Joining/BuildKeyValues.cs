using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// The values that a key has on a join's build side: each of them while they are few, else the least and the greatest. They are what a row of the other side must
/// have to find a match.
/// </summary>
internal abstract unsafe class BuildKeyValues : IDisposable
{
    /// <summary>So many different values are listed: looking one up costs little, and most row groups can be compared with each.</summary>
    public const int MostListed = 1024;

    /// <summary>So many are where the build side is a whole table: other tables refer to most of its rows, and looking for the rest is mostly in vain.</summary>
    public const int MostListedOfWhole = 64;

    private readonly AccessScratch scratch = new();

    /// <summary>More values than this are not listed.</summary>
    protected int Most { get; private init; }

    /// <summary>Gathers values of a type; null for types whose values are not gathered.</summary>
    /// <param name="type">The type.</param>
    /// <param name="most">Different values up to which each is listed.</param>
    public static BuildKeyValues? Create(DataType type, int most) => type.ValueType switch
    {
        { Kind: TypeKind.Jsonb } => null,
        { Storage: StorageKind.Bytes } bytes => new BytesKeyValues(bytes) { Most = most },
        { Kind: TypeKind.Int8 } flat => new FlatKeyValues<sbyte, IntegerKeyOrder<sbyte>>(flat) { Most = most },
        { Kind: TypeKind.UInt8 } flat => new FlatKeyValues<byte, IntegerKeyOrder<byte>>(flat) { Most = most },
        { Kind: TypeKind.Int16 } flat => new FlatKeyValues<short, IntegerKeyOrder<short>>(flat) { Most = most },
        { Kind: TypeKind.UInt16 } flat => new FlatKeyValues<ushort, IntegerKeyOrder<ushort>>(flat) { Most = most },
        { Kind: TypeKind.UInt32 } flat => new FlatKeyValues<uint, IntegerKeyOrder<uint>>(flat) { Most = most },
        { Kind: TypeKind.UInt64 } flat => new FlatKeyValues<ulong, UnsignedKeyOrder>(flat) { Most = most },
        { Kind: TypeKind.Float32 } flat => new FlatKeyValues<float, SingleKeyOrder>(flat) { Most = most },
        { Kind: TypeKind.Float64 } flat => new FlatKeyValues<double, DoubleKeyOrder>(flat) { Most = most },
        { IsInteger: true } or { IsTemporal: true } or { Kind: TypeKind.Duration } => type.ValueType.FlatSize == sizeof(int)
            ? new FlatKeyValues<int, IntegerKeyOrder<int>>(type.ValueType) { Most = most }
            : new FlatKeyValues<long, IntegerKeyOrder<long>>(type.ValueType) { Most = most },
        _ => null,
    };

    /// <summary>Adds the values of some rows; NULLs are passed over.</summary>
    /// <param name="values">The values.</param>
    /// <param name="rows">The rows; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows.</param>
    public void Add(Vector values, int* rows, int count)
    {
        var access = VectorAccess.Of(values, scratch);
        if (access.Plain is not NullVector)
        {
            Add(access, rows, count);
        }
    }

    /// <summary>Adds what was gathered elsewhere, of the same key.</summary>
    public abstract void Add(BuildKeyValues other);

    /// <summary>What is known of the values, in a few words.</summary>
    public string Summary => Listed is { } listed
        ? string.Create(CultureInfo.InvariantCulture, $"{listed.Count} value{(listed.Count == 1 ? "" : "s")}")
        : Extremes is null ? "unknown" : "range";

    /// <summary>Conditions that a column must satisfy to have one of the values; they are never true for NULL. Empty when there are none.</summary>
    /// <param name="column">The column; where its type is not that of the values, it is a narrower integer.</param>
    public IEnumerable<BoundExpression> Conditions(PlanColumn column)
    {
        var operand = new BoundColumn(column);
        if (Listed is { } listed)
        {
            BoundExpression[] items = [.. listed.Select(value => Literal(value, column.Type)).OfType<BoundLiteral>()];
            yield return items.Length switch
            {
                0 => new BoundLiteral(Scalar.Of(false)),
                1 => new BoundComparison(ComparisonOperator.Equal, operand, items[0]),
                _ => new BoundIn(operand, items, false),
            };
        }
        else if (Extremes is var (least, greatest))
        {
            // A bound that the column's type cannot hold bounds nothing.
            if (Literal(least, column.Type) is { } from)
            {
                yield return new BoundComparison(ComparisonOperator.GreaterThanOrEqual, operand, from);
            }
            if (Literal(greatest, column.Type) is { } to)
            {
                yield return new BoundComparison(ComparisonOperator.LessThanOrEqual, operand, to);
            }
        }
    }

    public virtual void Dispose()
    {
        scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>All values in ascending order; null when they are too many.</summary>
    protected abstract IReadOnlyList<Scalar>? Listed { get; }

    /// <summary>The least and the greatest value; null when they are not known, or when there is no value.</summary>
    protected abstract (Scalar Least, Scalar Greatest)? Extremes { get; }

    protected abstract void Add(in VectorAccess access, int* rows, int count);

    /// <summary>The value in a column's type; null when that cannot hold it.</summary>
    private static BoundLiteral? Literal(Scalar value, DataType type)
    {
        var target = type.ValueType;
        if (target.Equals(value.Type))
        {
            return new BoundLiteral(value);
        }
        if (!target.IsInteger || !value.Type.IsInteger)
        {
            // Of one storage, since only renamed types get here.
            return new BoundLiteral(value with { Type = target });
        }
        try
        {
            var clr = target.Kind switch
            {
                TypeKind.Int8 => typeof(sbyte),
                TypeKind.UInt8 => typeof(byte),
                TypeKind.Int16 => typeof(short),
                TypeKind.UInt16 => typeof(ushort),
                TypeKind.Int32 => typeof(int),
                TypeKind.UInt32 => typeof(uint),
                TypeKind.Int64 => typeof(long),
                _ => typeof(ulong),
            };
            return new BoundLiteral(new Scalar(target, Convert.ChangeType(value.Value, clr, CultureInfo.InvariantCulture)));
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
