using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Which casts exist (spec/sql.md §5.7); what is not here is refused while planning.</summary>
public static class CastRules
{
    /// <summary>Whether <c>CAST</c> from one type to another exists at all.</summary>
    public static bool CanCast(DataType from, DataType to)
    {
        if (from.IsDictionary || to.IsDictionary)
        {
            return CanCast(from.ValueType, to.ValueType);
        }
        if (from == to || from.Kind == TypeKind.Null)
        {
            return true;
        }
        if (to.IsList)
        {
            return from.IsList ? CanCast(from.ItemField.Type, to.ItemField.Type) : CanCast(from, to.ItemField.Type);
        }
        return from.Kind switch
        {
            TypeKind.Boolean => to.IsInteger || to.IsFloat || to.IsUtf8,
            TypeKind.Struct => to.IsUtf8 || (to.Kind == TypeKind.Struct && CanCastStruct(from, to)),
            TypeKind.Map => to.IsUtf8 || (to.Kind == TypeKind.Map && CanCast(from.ItemField.Type, to.ItemField.Type)),
            TypeKind.IntervalMonthDayNano => to.IsUtf8 || to.Kind == TypeKind.Duration,
            TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime => to.IsUtf8 || to.Kind == TypeKind.IntervalMonthDayNano,
            TypeKind.Duration => to.IsUtf8 || to.IsInteger || to.IsFloat || to.Kind is TypeKind.Duration or TypeKind.IntervalMonthDayNano,
            TypeKind.Timestamp => to.IsUtf8 || to.IsNumeric || to.IsTemporal,
            TypeKind.Date32 or TypeKind.Date64 =>
                to.IsUtf8 || to.Kind is TypeKind.Int32 or TypeKind.Int64 or TypeKind.Date32 or TypeKind.Date64 or TypeKind.Timestamp,
            TypeKind.Time32 or TypeKind.Time64 => to.IsUtf8
                || to.Kind is TypeKind.Int32 or TypeKind.Int64 or TypeKind.Time32 or TypeKind.Time64 or TypeKind.IntervalMonthDayNano,
            _ when from.IsInteger => to.IsNumeric || to.IsUtf8 || CanCastInteger(from, to),
            _ when from.IsFloat => to.IsNumeric || to.IsUtf8 || to.Kind is TypeKind.Boolean or TypeKind.Timestamp,
            _ when from.IsDecimal => to.IsNumeric || to.IsUtf8 || to.Kind == TypeKind.Timestamp,
            _ when from.IsUtf8 => to.IsUtf8 || to.IsBinary || to.IsNumeric || to.IsTemporal
                || to.Kind is TypeKind.Boolean || to.IsInterval,
            _ when from.IsBinary => to.IsBinary || to.IsUtf8,
            _ when from.IsList => to.IsUtf8,
            _ => false,
        };
    }

    /// <summary>
    /// The cast that <c>CAST(x AS T)</c> means: an Int64 becomes a TIMESTAMP by counting seconds (spec/sql.md §5.7), everything else converts directly.
    /// <c>arrow_cast</c> does not go through here: there an integer is the raw value.
    /// </summary>
    public static BoundExpression SqlCast(BoundExpression operand, DataType target, bool isTry)
    {
        if (operand.Type.Kind == TypeKind.Int64 && target is { Kind: TypeKind.Timestamp, Unit: TimeUnit.Nanosecond })
        {
            operand = new BoundCast(operand, DataType.Timestamp(TimeUnit.Second, target.TimeZone), isTry);
        }
        return new BoundCast(operand, target, isTry);
    }

    private static bool CanCastInteger(DataType from, DataType to) => to.Kind switch
    {
        TypeKind.Boolean or TypeKind.Timestamp => true,
        TypeKind.Date32 or TypeKind.Date64 => from.Kind is TypeKind.Int32 or TypeKind.Int64,
        TypeKind.Time32 => from.Kind == TypeKind.Int32,
        TypeKind.Time64 or TypeKind.Duration => from.Kind == TypeKind.Int64,
        TypeKind.Binary or TypeKind.LargeBinary => true,
        _ => false,
    };

    private static bool CanCastStruct(DataType from, DataType to)
    {
        for (var i = 0; i < to.Fields.Length; i++)
        {
            var source = StructMembers.Find(from, to, i);
            if (source >= 0 ? !CanCast(from.Fields[source].Type, to.Fields[i].Type) : !to.Fields[i].Nullable)
            {
                return false;
            }
        }
        return true;
    }
}

/// <summary>Pairs the members of two struct types: by name where any name agrees, else by position.</summary>
internal static class StructMembers
{
    /// <summary>The member of <paramref name="from"/> for member <paramref name="ordinal"/> of <paramref name="to"/>, or -1.</summary>
    public static int Find(DataType from, DataType to, int ordinal)
    {
        var anyName = false;
        foreach (var field in to.Fields)
        {
            anyName |= IndexOf(from, field.Name) >= 0;
        }
        if (anyName)
        {
            return IndexOf(from, to.Fields[ordinal].Name);
        }
        return from.Fields.Length == to.Fields.Length ? ordinal : -1;
    }

    private static int IndexOf(DataType type, string name)
    {
        for (var i = 0; i < type.Fields.Length; i++)
        {
            if (string.Equals(type.Fields[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }
        return -1;
    }
}
