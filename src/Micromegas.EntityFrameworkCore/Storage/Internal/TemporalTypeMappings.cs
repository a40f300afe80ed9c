using System.Data;
using System.Globalization;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>Nanosecond timestamps; all nine digits pass.</summary>
internal sealed class NanoTimestampTypeMapping : RelationalTypeMapping
{
    internal NanoTimestampTypeMapping()
        : base("TIMESTAMP", typeof(NanoTimestamp))
    {
    }

    private NanoTimestampTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new NanoTimestampTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => $"TIMESTAMP '{(NanoTimestamp)value}'";
}

/// <summary><see cref="DateTime"/>; <see cref="DateTimeKind.Unspecified"/> counts as UTC.</summary>
internal sealed class MicromegasDateTimeTypeMapping : DateTimeTypeMapping
{
    internal MicromegasDateTimeTypeMapping()
        : base("TIMESTAMP", System.Data.DbType.DateTime2)
    {
    }

    private MicromegasDateTimeTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasDateTimeTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => $"TIMESTAMP '{NanoTimestamp.FromDateTime((DateTime)value)}'";
}

/// <summary><see cref="DateTimeOffset"/>; the offset is lost because columns keep instants.</summary>
internal sealed class MicromegasDateTimeOffsetTypeMapping : DateTimeOffsetTypeMapping
{
    internal MicromegasDateTimeOffsetTypeMapping()
        : base("TIMESTAMP", System.Data.DbType.DateTimeOffset)
    {
    }

    private MicromegasDateTimeOffsetTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasDateTimeOffsetTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => $"TIMESTAMP '{NanoTimestamp.FromDateTimeOffset((DateTimeOffset)value)}'";
}

/// <summary><see cref="TimeSpan"/> as a duration, which is what the difference of two timestamps is.</summary>
internal sealed class MicromegasTimeSpanTypeMapping : RelationalTypeMapping
{
    internal MicromegasTimeSpanTypeMapping()
        : base("INTERVAL", typeof(TimeSpan))
    {
    }

    private MicromegasTimeSpanTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasTimeSpanTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value)
        => string.Create(CultureInfo.InvariantCulture, $"arrow_cast({checked(((TimeSpan)value).Ticks * 100)}, 'Duration(ns)')");
}

/// <summary>Calendar intervals.</summary>
internal sealed class MicromegasIntervalTypeMapping : RelationalTypeMapping
{
    internal MicromegasIntervalTypeMapping()
        : base("INTERVAL", typeof(MicromegasInterval))
    {
    }

    private MicromegasIntervalTypeMapping(RelationalTypeMappingParameters parameters)
        : base(parameters)
    {
    }

    protected override RelationalTypeMapping Clone(RelationalTypeMappingParameters parameters) => new MicromegasIntervalTypeMapping(parameters);

    protected override string GenerateNonNullSqlLiteral(object value) => $"INTERVAL '{value}'";
}
