using System.Data;
using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Data.Types;

namespace Micromegas.Data.Tests;

public class MicromegasParameterTests
{
    public static TheoryData<object?, string, object?> Values => new()
    {
        { null, "Null", null },
        { DBNull.Value, "Null", null },
        { true, "Boolean", true },
        { (sbyte)-1, "Int8", (sbyte)-1 },
        { 1, "Int32", 1 },
        { 1L, "Int64", 1L },
        { 1UL, "UInt64", 1UL },
        { 1.5f, "Float32", 1.5f },
        { 1.5, "Float64", 1.5 },
        { 12.50m, "Decimal128(4, 2)", (Int128)1250 },
        { -0.001m, "Decimal128(4, 3)", (Int128)(-1) },
        { BigInteger.Pow(10, 20), "Decimal128(21, 0)", Int128.Parse("100000000000000000000") },
        { "x", "Utf8", "x" },
        { 'x', "Utf8", "x" },
        { Guid.Empty, "Utf8", "00000000-0000-0000-0000-000000000000" },
        { new NanoTimestamp(5), "Timestamp(ns, \"+00:00\")", 5L },
        { DateTime.UnixEpoch.AddTicks(1), "Timestamp(ns, \"+00:00\")", 100L },
        { new DateTime(1970, 1, 2), "Timestamp(ns, \"+00:00\")", 86_400_000_000_000L },
        { new DateOnly(1970, 1, 2), "Date32", 1 },
        { new TimeOnly(0, 0, 1), "Time64(ns)", 1_000_000_000L },
        { TimeSpan.FromSeconds(1), "Duration(ns)", 1_000_000_000L },
        { new MicromegasInterval(1, 2, 3), "Interval(MonthDayNano)", new MonthDayNano(1, 2, 3) },
        { DayOfWeek.Tuesday, "Int32", 2 },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Infers_the_type(object? value, string type, object? expected)
    {
        var scalar = ParameterScalar.Create(new MicromegasParameter("p", value));
        Assert.Equal(type, scalar.Type.ToString());
        Assert.Equal(expected, scalar.Value);
    }

    [Fact]
    public void Takes_lists()
    {
        var scalar = ParameterScalar.Create(new MicromegasParameter("p", new List<string?> { "a", null, "b" }));
        Assert.Equal(DataType.List(DataType.Utf8), scalar.Type);
        Assert.Equal(new object?[] { "a", null, "b" }, (object?[])scalar.Value!);
        Assert.Equal(DataType.List(DataType.Int32), ParameterScalar.Infer(Array.Empty<int>()).Type);
        Assert.Equal(DataType.List(DataType.Decimal128(38, 2)), ParameterScalar.Infer(new[] { 1m, 1.25m }).Type);
        Assert.Equal(DataType.Binary, ParameterScalar.Infer(new byte[] { 1 }).Type);
    }

    [Fact]
    public void Obeys_DbType()
    {
        Assert.Equal(Scalar.Of(5L), ParameterScalar.Create(new MicromegasParameter("p", DbType.Int64, "5")));
        Assert.Equal(Scalar.Of("5"), ParameterScalar.Create(new MicromegasParameter("p", DbType.String, 5)));
        Assert.Equal(new Scalar(DataType.Int64, null), ParameterScalar.Create(new MicromegasParameter("p", DbType.Int64, null)));
        Assert.Equal(DataType.Date32, ParameterScalar.Create(new MicromegasParameter("p", DbType.Date, new DateTime(2026, 1, 1))).Type);
        Assert.Equal(DataType.LakeTime, ParameterScalar.Create(new MicromegasParameter("p", DbType.DateTime, "2026-01-01T00:00:00Z")).Type);
        var error = Assert.Throws<MicromegasException>(() => ParameterScalar.Create(new MicromegasParameter("@p", DbType.Int64, "five")));
        Assert.Equal(MicromegasErrorCodes.InvalidParameterValue, error.SqlState);
        Assert.Contains("@p", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_for_input_only()
    {
        var parameter = new MicromegasParameter { Direction = ParameterDirection.Input };
        Assert.Throws<NotSupportedException>(() => parameter.Direction = ParameterDirection.Output);
        Assert.Throws<ArgumentOutOfRangeException>(() => parameter.Direction = (ParameterDirection)99);
        Assert.Throws<ArgumentOutOfRangeException>(() => parameter.DbType = (DbType)99);
        Assert.Equal(DbType.String, parameter.DbType);
        parameter.Value = 5;
        Assert.Equal(DbType.Int32, parameter.DbType);
        parameter.DbType = DbType.Int64;
        Assert.Equal(DbType.Int64, parameter.Clone().DbType);
        parameter.ResetDbType();
        Assert.Equal(DbType.Int32, parameter.DbType);
    }

    [Fact]
    public void Collection_finds_names_with_and_without_mark()
    {
        var parameters = new MicromegasCommand().Parameters;
        var a = parameters.AddWithValue("@Level", 1);
        var b = parameters.AddWithValue("name", "x");
        Assert.Same(a, parameters["level"]);
        Assert.Same(a, parameters[":level"]);
        Assert.Same(b, parameters["$name"]);
        Assert.Equal(1, parameters.IndexOf("@NAME"));
        Assert.False(parameters.Contains("other"));
        Assert.Equal(-1, parameters.IndexOf(""));
        Assert.Throws<IndexOutOfRangeException>(() => parameters["other"]);
        Assert.Throws<IndexOutOfRangeException>(() => parameters[2]);
        Assert.Throws<InvalidCastException>(() => parameters.Add("text"));
        Assert.Throws<ArgumentNullException>(() => parameters.Add(null!));
        parameters.RemoveAt("level");
        Assert.Single(parameters);
        parameters.AddRange(new object[] { a, new MicromegasParameter() });
        Assert.Equal(3, parameters.Count);
        parameters.Clear();
        Assert.Empty(parameters);
    }
}
