using System.Globalization;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>Booleans, with literals TRUE and FALSE.</summary>
internal sealed class MicromegasBoolTypeMapping : BoolTypeMapping
{
    internal MicromegasBoolTypeMapping()
        : base("BOOLEAN", System.Data.DbType.Boolean)
    {
    }

    private MicromegasBoolTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasBoolTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => (bool)value ? "TRUE" : "FALSE";
}

/// <summary>64-bit floating-point numbers; those that SQL has no literal for are casts of text.</summary>
internal sealed class MicromegasDoubleTypeMapping : DoubleTypeMapping
{
    internal MicromegasDoubleTypeMapping()
        : base("DOUBLE", System.Data.DbType.Double)
    {
    }

    private MicromegasDoubleTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasDoubleTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return double.IsNaN(number) ? "CAST('NaN' AS DOUBLE)"
            : double.IsInfinity(number) ? $"CAST('{(number > 0 ? "inf" : "-inf")}' AS DOUBLE)"
            : number.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}

/// <summary>32-bit floating-point numbers; a bare literal would be 64 bits wide.</summary>
internal sealed class MicromegasFloatTypeMapping : FloatTypeMapping
{
    internal MicromegasFloatTypeMapping()
        : base("REAL", System.Data.DbType.Single)
    {
    }

    private MicromegasFloatTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasFloatTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value)
    {
        var number = Convert.ToSingle(value, CultureInfo.InvariantCulture);
        var text = float.IsNaN(number) ? "NaN" : float.IsInfinity(number) ? (number > 0 ? "inf" : "-inf") : number.ToString("R", CultureInfo.InvariantCulture);
        return $"CAST('{text}' AS REAL)";
    }
}

/// <summary>Decimals; a bare literal with a point would be a floating-point number.</summary>
internal sealed class MicromegasDecimalTypeMapping : DecimalTypeMapping
{
    internal MicromegasDecimalTypeMapping()
        : base("DECIMAL(38,10)", System.Data.DbType.Decimal, precision: 38, scale: 10)
    {
    }

    private MicromegasDecimalTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasDecimalTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value)
    {
        var number = (decimal)value;
        return string.Create(CultureInfo.InvariantCulture, $"CAST('{number}' AS DECIMAL(38,{number.Scale}))");
    }
}

/// <summary>Values that are only read: property sets and lists. The reader knows how.</summary>
internal sealed class OpaqueTypeMapping : RelationalTypeMapping
{
    internal OpaqueTypeMapping(string storeType, Type clrType)
        : base(storeType, clrType)
    {
    }

    private OpaqueTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new OpaqueTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => throw new InvalidOperationException($"A {ClrType} has no literal; use a parameter.");
}
