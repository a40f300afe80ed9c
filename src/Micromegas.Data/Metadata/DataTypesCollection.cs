using System.Data;
using System.Data.Common;

namespace Micromegas.Data.Metadata;

/// <summary>The collection DataTypes: the types that SQL can name (spec/sql.md §5.6).</summary>
internal static class DataTypesCollection
{
    private static readonly (string Name, string CreateFormat, DbType DbType, Type Type, string? Prefix, bool FixedLength)[] Types =
    [
        ("Boolean", "BOOLEAN", DbType.Boolean, typeof(bool), null, true),
        ("Int8", "TINYINT", DbType.SByte, typeof(sbyte), null, true),
        ("Int16", "SMALLINT", DbType.Int16, typeof(short), null, true),
        ("Int32", "INT", DbType.Int32, typeof(int), null, true),
        ("Int64", "BIGINT", DbType.Int64, typeof(long), null, true),
        ("UInt8", "TINYINT UNSIGNED", DbType.Byte, typeof(byte), null, true),
        ("UInt16", "SMALLINT UNSIGNED", DbType.UInt16, typeof(ushort), null, true),
        ("UInt32", "INT UNSIGNED", DbType.UInt32, typeof(uint), null, true),
        ("UInt64", "BIGINT UNSIGNED", DbType.UInt64, typeof(ulong), null, true),
        ("Float32", "REAL", DbType.Single, typeof(float), null, true),
        ("Float64", "DOUBLE", DbType.Double, typeof(double), null, true),
        ("Decimal128", "DECIMAL({0},{1})", DbType.Decimal, typeof(decimal), null, true),
        ("Utf8", "VARCHAR", DbType.String, typeof(string), "'", false),
        ("Binary", "BYTEA", DbType.Binary, typeof(byte[]), "X'", false),
        ("Date32", "DATE", DbType.Date, typeof(DateTime), "DATE '", true),
        ("Time64(ns)", "TIME", DbType.Time, typeof(TimeSpan), "TIME '", true),
        ("Timestamp(ns)", "TIMESTAMP", DbType.DateTime2, typeof(DateTime), "TIMESTAMP '", true),
        ("Interval(MonthDayNano)", "INTERVAL", DbType.Object, typeof(MicromegasInterval), "INTERVAL '", true),
    ];

    internal static DataTable Create()
    {
        var table = SchemaCollections.NewTable(
            DbMetaDataCollectionNames.DataTypes,
            (DbMetaDataColumnNames.TypeName, typeof(string)),
            (DbMetaDataColumnNames.ProviderDbType, typeof(int)),
            (DbMetaDataColumnNames.ColumnSize, typeof(long)),
            (DbMetaDataColumnNames.CreateFormat, typeof(string)),
            (DbMetaDataColumnNames.CreateParameters, typeof(string)),
            (DbMetaDataColumnNames.DataType, typeof(string)),
            (DbMetaDataColumnNames.IsAutoIncrementable, typeof(bool)),
            (DbMetaDataColumnNames.IsBestMatch, typeof(bool)),
            (DbMetaDataColumnNames.IsCaseSensitive, typeof(bool)),
            (DbMetaDataColumnNames.IsFixedLength, typeof(bool)),
            (DbMetaDataColumnNames.IsFixedPrecisionScale, typeof(bool)),
            (DbMetaDataColumnNames.IsLong, typeof(bool)),
            (DbMetaDataColumnNames.IsNullable, typeof(bool)),
            (DbMetaDataColumnNames.IsSearchable, typeof(bool)),
            (DbMetaDataColumnNames.IsSearchableWithLike, typeof(bool)),
            (DbMetaDataColumnNames.IsUnsigned, typeof(bool)),
            (DbMetaDataColumnNames.LiteralPrefix, typeof(string)),
            (DbMetaDataColumnNames.LiteralSuffix, typeof(string)));
        foreach (var (name, format, dbType, type, prefix, isFixed) in Types)
        {
            table.Rows.Add(
                name,
                (int)dbType,
                DBNull.Value,
                format,
                dbType == DbType.Decimal ? "precision,scale" : "",
                type.FullName,
                false,
                true,
                dbType == DbType.String,
                isFixed,
                false,
                false,
                true,
                true,
                dbType == DbType.String,
                name.StartsWith("UInt", StringComparison.Ordinal),
                prefix,
                prefix is null ? null : "'");
        }

        return table;
    }
}
