using System.Data.Common;
using Micromegas.Columnar;
using Micromegas.Data.Reading;

namespace Micromegas.Data;

/// <summary>A column of a result.</summary>
public sealed class MicromegasDbColumn : DbColumn
{
    internal MicromegasDbColumn(int ordinal, ColumnReader reader)
    {
        ArrowField = reader.Field;
        AllowDBNull = reader.Field.Nullable;
        ColumnName = reader.Field.Name;
        ColumnOrdinal = ordinal;
        ColumnSize = -1;
        DataType = reader.ClrType;
        DataTypeName = reader.Field.Type.ToString();
        IsAliased = false;
        IsAutoIncrement = false;
        IsExpression = false;
        IsHidden = false;
        IsIdentity = false;
        IsKey = false;
        IsLong = false;
        IsReadOnly = true;
        IsUnique = false;
        if (reader.Type.IsDecimal)
        {
            NumericPrecision = reader.Type.Precision;
            NumericScale = reader.Type.Scale;
        }
        else if (reader.Type.IsInteger)
        {
            NumericPrecision = reader.Type.FlatSize switch { 1 => 3, 2 => 5, 4 => 10, _ => reader.Type.IsSignedInteger ? 19 : 20 };
            NumericScale = 0;
        }
    }

    /// <summary>The Arrow field: name, type with unit, zone and dictionary, nullability.</summary>
    public Field ArrowField { get; }
}
