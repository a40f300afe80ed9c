using System.Data;
using System.Numerics;

namespace Micromegas.Data.Types;

/// <summary>What CLR types mean as parameters.</summary>
internal static class ClrTypes
{
    internal static DbType DbTypeOf(object? value) => value switch
    {
        null or DBNull or string or char => DbType.String,
        bool => DbType.Boolean,
        Enum e => DbTypeOf(Convert.ChangeType(e, e.GetTypeCode(), System.Globalization.CultureInfo.InvariantCulture)),
        sbyte => DbType.SByte,
        short => DbType.Int16,
        int => DbType.Int32,
        long => DbType.Int64,
        byte => DbType.Byte,
        ushort => DbType.UInt16,
        uint => DbType.UInt32,
        ulong => DbType.UInt64,
        float or Half => DbType.Single,
        double => DbType.Double,
        decimal => DbType.Decimal,
        BigInteger or Int128 => DbType.VarNumeric,
        DateTime or NanoTimestamp => DbType.DateTime2,
        DateTimeOffset => DbType.DateTimeOffset,
        DateOnly => DbType.Date,
        TimeOnly or TimeSpan => DbType.Time,
        Guid => DbType.Guid,
        byte[] or ReadOnlyMemory<byte> or Memory<byte> => DbType.Binary,
        _ => DbType.Object,
    };
}
