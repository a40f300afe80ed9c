using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>Writes what values mean twice: as converted type for old readers, as logical type for all others.</summary>
internal static class LogicalTypeEncoder
{
    public static void Encode(ThriftWriter writer, LogicalType logical)
    {
        var converted = Converted(logical);
        if (converted >= 0)
        {
            writer.WriteInt32(6, converted);
        }
        if (logical.Kind == LogicalKind.Decimal)
        {
            writer.WriteInt32(7, logical.Scale);
            writer.WriteInt32(8, logical.Precision);
        }
        var field = logical.Kind switch
        {
            LogicalKind.String => 1,
            LogicalKind.Map => 2,
            LogicalKind.List => 3,
            LogicalKind.Decimal => 5,
            LogicalKind.Date => 6,
            LogicalKind.Time => 7,
            LogicalKind.Timestamp => 8,
            LogicalKind.Integer => 10,
            LogicalKind.Unknown => 11,
            LogicalKind.Float16 => 15,
            _ => 0,
        };
        if (field == 0)
        {
            return;
        }
        writer.BeginStruct(10);
        writer.BeginStruct(field);
        switch (logical.Kind)
        {
            case LogicalKind.Decimal:
                writer.WriteInt32(1, logical.Scale);
                writer.WriteInt32(2, logical.Precision);
                break;
            case LogicalKind.Time or LogicalKind.Timestamp:
                writer.WriteBool(1, logical.IsUtc);
                writer.BeginStruct(2);
                writer.EmptyStruct((int)logical.Unit);
                writer.EndStruct();
                break;
            case LogicalKind.Integer:
                writer.WriteInt8(1, (sbyte)logical.BitWidth);
                writer.WriteBool(2, logical.IsSigned);
                break;
        }
        writer.EndStruct();
        writer.EndStruct();
    }

    /// <summary>Converted types exist only for part of the logical ones; -1 = none.</summary>
    private static int Converted(LogicalType logical) => logical.Kind switch
    {
        LogicalKind.String => 0,
        LogicalKind.Map => 1,
        LogicalKind.List => 3,
        LogicalKind.Decimal => 5,
        LogicalKind.Date => 6,
        LogicalKind.Time when logical.IsUtc && logical.Unit == TimeUnit.Millisecond => 7,
        LogicalKind.Time when logical.IsUtc && logical.Unit == TimeUnit.Microsecond => 8,
        LogicalKind.Timestamp when logical.IsUtc && logical.Unit == TimeUnit.Millisecond => 9,
        LogicalKind.Timestamp when logical.IsUtc && logical.Unit == TimeUnit.Microsecond => 10,
        LogicalKind.Integer => (logical.IsSigned ? 15 : 11) + System.Numerics.BitOperations.Log2((uint)logical.BitWidth / 8),
        LogicalKind.Interval => 21,
        _ => -1,
    };
}
