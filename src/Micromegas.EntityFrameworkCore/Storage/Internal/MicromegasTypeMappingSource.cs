using System.Data;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>Which CLR types columns and parameters may have, and how their literals are written (spec/sql.md §5.3, §5.6).</summary>
public sealed class MicromegasTypeMappingSource : RelationalTypeMappingSource
{
    private static readonly RelationalTypeMapping Timestamp = new NanoTimestampTypeMapping();
    private static readonly RelationalTypeMapping Text = new StringTypeMapping("VARCHAR", DbType.String, unicode: true);

    private static readonly Dictionary<Type, RelationalTypeMapping> ByClrType = new()
    {
        [typeof(bool)] = new MicromegasBoolTypeMapping(),
        [typeof(sbyte)] = new SByteTypeMapping("TINYINT", DbType.SByte),
        [typeof(short)] = new ShortTypeMapping("SMALLINT", DbType.Int16),
        [typeof(int)] = new IntTypeMapping("INT", DbType.Int32),
        [typeof(long)] = new LongTypeMapping("BIGINT", DbType.Int64),
        [typeof(byte)] = new ByteTypeMapping("TINYINT UNSIGNED", DbType.Byte),
        [typeof(ushort)] = new UShortTypeMapping("SMALLINT UNSIGNED", DbType.UInt16),
        [typeof(uint)] = new UIntTypeMapping("INT UNSIGNED", DbType.UInt32),
        [typeof(ulong)] = new ULongTypeMapping("BIGINT UNSIGNED", DbType.UInt64),
        [typeof(float)] = new MicromegasFloatTypeMapping(),
        [typeof(double)] = new MicromegasDoubleTypeMapping(),
        [typeof(decimal)] = new MicromegasDecimalTypeMapping(),
        [typeof(string)] = Text,
        [typeof(char)] = new CharTypeMapping("VARCHAR", DbType.String),
        [typeof(Guid)] = new GuidTypeMapping("VARCHAR", DbType.Guid),
        [typeof(byte[])] = new ByteArrayTypeMapping("BYTEA", DbType.Binary),
        [typeof(NanoTimestamp)] = Timestamp,
        [typeof(DateTime)] = new MicromegasDateTimeTypeMapping(),
        [typeof(DateTimeOffset)] = new MicromegasDateTimeOffsetTypeMapping(),
        [typeof(DateOnly)] = new DateOnlyTypeMapping("DATE", DbType.Date),
        [typeof(TimeOnly)] = new TimeOnlyTypeMapping("TIME", DbType.Time),
        [typeof(TimeSpan)] = new MicromegasTimeSpanTypeMapping(),
        [typeof(MicromegasInterval)] = new MicromegasIntervalTypeMapping(),
        [typeof(IReadOnlyDictionary<string, string>)] = new OpaqueTypeMapping("BYTEA", typeof(IReadOnlyDictionary<string, string>)),
    };

    private static readonly Dictionary<string, Type> ByStoreType = new(StringComparer.OrdinalIgnoreCase)
    {
        ["BOOLEAN"] = typeof(bool),
        ["TINYINT"] = typeof(sbyte),
        ["SMALLINT"] = typeof(short),
        ["INT"] = typeof(int),
        ["INTEGER"] = typeof(int),
        ["BIGINT"] = typeof(long),
        ["TINYINT UNSIGNED"] = typeof(byte),
        ["SMALLINT UNSIGNED"] = typeof(ushort),
        ["INT UNSIGNED"] = typeof(uint),
        ["BIGINT UNSIGNED"] = typeof(ulong),
        ["REAL"] = typeof(float),
        ["DOUBLE"] = typeof(double),
        ["DECIMAL"] = typeof(decimal),
        ["VARCHAR"] = typeof(string),
        ["TEXT"] = typeof(string),
        ["BYTEA"] = typeof(byte[]),
        ["TIMESTAMP"] = typeof(NanoTimestamp),
        ["DATE"] = typeof(DateOnly),
        ["TIME"] = typeof(TimeOnly),
        ["INTERVAL"] = typeof(MicromegasInterval),
    };

    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="relationalDependencies">Services.</param>
    public MicromegasTypeMappingSource(TypeMappingSourceDependencies dependencies, RelationalTypeMappingSourceDependencies relationalDependencies)
        : base(dependencies, relationalDependencies)
    {
    }

    /// <inheritdoc />
    protected override RelationalTypeMapping? FindMapping(in RelationalTypeMappingInfo mappingInfo)
    {
        if (base.FindMapping(mappingInfo) is { } mapping)
        {
            return mapping;
        }

        // Lists are values only where a column says so; elsewhere EF takes an array apart into parameters.
        var clrType = mappingInfo.ClrType;
        if (clrType is { IsArray: true } && mappingInfo.StoreTypeName is { } list && list.EndsWith("[]", StringComparison.Ordinal))
        {
            return new OpaqueTypeMapping(list, clrType);
        }

        if (clrType is null && mappingInfo.StoreTypeNameBase is { } store && ByStoreType.TryGetValue(mappingInfo.StoreTypeName ?? store, out var byStore))
        {
            clrType = byStore;
        }

        return clrType is not null && ByClrType.TryGetValue(Nullable.GetUnderlyingType(clrType) ?? clrType, out var found) ? found : null;
    }
}
