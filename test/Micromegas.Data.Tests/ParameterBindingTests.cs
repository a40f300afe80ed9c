using System.Numerics;

namespace Micromegas.Data.Tests;

/// <summary>Parameters of every kind through the real engine: written in every way, read back as what they were.</summary>
public class ParameterBindingTests
{
    private static readonly MicromegasDataSource Source = MicromegasDataSource.Create("");

    [Theory]
    [InlineData("SELECT @p", "p")]
    [InlineData("SELECT @p", "@p")]
    [InlineData("SELECT :p", "p")]
    [InlineData("SELECT $p", "$p")]
    [InlineData("SELECT @P", "p")]
    [InlineData("SELECT $1", "")]
    [InlineData("SELECT ?", "")]
    public void MarksAndNames(string sql, string name)
    {
        using var command = Source.CreateCommand(sql);
        command.Parameters.Add(new MicromegasParameter(name, 42));
        Assert.Equal(42, command.ExecuteScalar());
    }

    public static TheoryData<string> Kinds => [.. Values.Keys];

    private static readonly Dictionary<string, (object Sent, object Received)> Values = new()
    {
        ["bool"] = (true, true),
        ["sbyte"] = ((sbyte)-1, (sbyte)-1),
        ["short"] = ((short)-2, (short)-2),
        ["int"] = (-3, -3),
        ["long"] = (-4L, -4L),
        ["byte"] = ((byte)5, (byte)5),
        ["ushort"] = ((ushort)6, (ushort)6),
        ["uint"] = (7u, 7u),
        ["ulong"] = (8ul, 8ul),
        ["float"] = (1.5f, 1.5f),
        ["double"] = (2.5, 2.5),
        ["decimal"] = (3.50m, 3.50m),
        ["BigInteger"] = (new BigInteger(12), 12m),
        ["string"] = ("täxt", "täxt"),
        ["char"] = ('c', "c"),
        ["Guid"] = (new Guid("5fff281d-7235-490f-b933-a5cb2f98c62d"), "5fff281d-7235-490f-b933-a5cb2f98c62d"),
        ["DateTime"] = (new DateTime(2026, 11, 22, 1, 2, 3), new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc)),
        ["DateTimeOffset"] = (new DateTimeOffset(2026, 11, 22, 2, 0, 0, TimeSpan.FromHours(2)), new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc)),
        ["NanoTimestamp"] = (NanoTimestamp.Parse("2026-11-22T01:02:03.123456700Z"), new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc).AddTicks(1234567)),
        ["DateOnly"] = (new DateOnly(2026, 11, 22), new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc)),
        ["TimeOnly"] = (new TimeOnly(1, 2, 3), new TimeSpan(1, 2, 3)),
        ["TimeSpan"] = (TimeSpan.FromHours(1.5), TimeSpan.FromHours(1.5)),
        ["Interval"] = (new MicromegasInterval(1, 2, 3), new MicromegasInterval(1, 2, 3)),
        ["enum"] = (TelemetryLevel.Warn, (int)TelemetryLevel.Warn),
        ["bytes"] = (new byte[] { 1, 2 }, new byte[] { 1, 2 }),
        ["null"] = (DBNull.Value, DBNull.Value),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKindComesBack(string kind)
    {
        var (sent, received) = Values[kind];
        using var command = Source.CreateCommand("SELECT @p");
        ((MicromegasParameterCollection)command.Parameters).AddWithValue("p", sent);
        Assert.Equal(received, command.ExecuteScalar());
    }

    [Fact]
    public void StreamsAndReadersAreReadToTheirEnd()
    {
        using var command = Source.CreateCommand("SELECT @s, @t");
        var parameters = (MicromegasParameterCollection)command.Parameters;
        parameters.AddWithValue("s", new MemoryStream([1, 2, 3]));
        parameters.AddWithValue("t", new StringReader("text"));
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal([1, 2, 3], reader.GetFieldValue<byte[]>(0));
        Assert.Equal("text", reader.GetString(1));
    }

    [Theory]
    [InlineData("SELECT count(*) FROM generate_series(1, 9) AS g(i) WHERE i = ANY(@ids)", 2)]
    [InlineData("SELECT count(*) FROM generate_series(1, 9) AS g(i) WHERE i IN (@ids)", 2)]
    [InlineData("SELECT count(*) FROM generate_series(1, 9) AS g(i) WHERE i NOT IN (@ids)", 7)]
    [InlineData("SELECT count(*) FROM generate_series(1, 9) AS g(i) WHERE i <> ALL(@ids)", 7)]
    public void ListsAreSearched(string sql, long expected)
    {
        foreach (var ids in new object[] { new[] { 3, 5, 99 }, new long[] { 3, 5, 99 }, new List<int> { 3, 5, 99 }, new[] { 3m, 5m, 99.5m } })
        {
            using var command = Source.CreateCommand(sql);
            ((MicromegasParameterCollection)command.Parameters).AddWithValue("ids", ids);
            Assert.Equal(expected, command.ExecuteScalar());
        }
    }

    [Fact]
    public void AnEmptyListFindsNothing()
    {
        using var command = Source.CreateCommand("SELECT count(*) FROM generate_series(1, 9) AS g(i) WHERE i = ANY(@ids)");
        ((MicromegasParameterCollection)command.Parameters).AddWithValue("ids", Array.Empty<int>());
        Assert.Equal(0L, command.ExecuteScalar());
    }

    [Fact]
    public void AnEmptyListIsOfItsItemsType()
    {
        var empty = new Dictionary<string, object>
        {
            ["TIMESTAMP '2026-01-01'"] = Array.Empty<DateTimeOffset>(),
            ["DATE '2026-01-01'"] = new List<DateOnly?>(),
            ["'text'"] = Array.Empty<Guid>(),
            ["true"] = new List<bool>(),
            ["1.5"] = Array.Empty<decimal>(),
            ["X'01'"] = Array.Empty<byte[]>(),
            ["INTERVAL '1 day'"] = Array.Empty<TimeSpan>(),
            ["3"] = Array.Empty<DayOfWeek>(),
        };
        foreach (var (sql, list) in empty)
        {
            using var command = Source.CreateCommand($"SELECT {sql} = ANY(@list) OR {sql} IN (@list)");
            command.Parameters.Add(new MicromegasParameter("list", list));
            Assert.Equal((sql, (object)false), (sql, command.ExecuteScalar()));
        }
    }

    [Fact]
    public void ListsHoldNullsEnumsAndNanoseconds()
    {
        using var command = Source.CreateCommand("SELECT count(*) FROM (VALUES (1), (2), (NULL)) AS t(a) WHERE a = ANY(@list)");
        var parameter = new MicromegasParameter("list", new int?[] { 2, null });
        command.Parameters.Add(parameter);
        Assert.Equal(1L, command.ExecuteScalar());
        parameter.Value = new[] { DayOfWeek.Monday, DayOfWeek.Tuesday };
        Assert.Equal(2L, command.ExecuteScalar());
        command.CommandText = "SELECT arrow_cast('2026-11-22T16:54:00.123456789', 'Timestamp(Nanosecond, Some(\"+00:00\"))') = ANY(@list)";
        parameter.Value = new[] { NanoTimestamp.Parse("2026-11-22T16:54:00.123456788Z") };
        Assert.Equal(false, command.ExecuteScalar());
        parameter.Value = new[] { NanoTimestamp.Parse("2026-11-22T16:54:00.123456788Z"), NanoTimestamp.Parse("2026-11-22T16:54:00.123456789Z") };
        Assert.Equal(true, command.ExecuteScalar());
    }

    [Fact]
    public void AnArrowTypeMayBeNamed()
    {
        var cases = new (string Type, object? Value, object Received)[]
        {
            ("Boolean", "true", true),
            ("Int8", 5L, (sbyte)5),
            ("UInt64", 5, 5ul),
            ("Float16", 1.5, (Half)1.5),
            ("Decimal128(10, 3)", 1.5m, 1.500m),
            ("Decimal256(50, 0)", new BigInteger(7), 7m),
            ("Utf8", 12, "12"),
            ("Dictionary(Int32, Utf8)", "text", "text"),
            ("Binary", new byte[] { 1 }, new byte[] { 1 }),
            ("Date32", new DateTime(2026, 11, 22, 5, 0, 0), new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc)),
            ("Time64(µs)", new TimeOnly(1, 2, 3, 4, 5).Add(TimeSpan.FromTicks(6)), new TimeOnly(1, 2, 3, 4, 5).ToTimeSpan()),
            ("Timestamp(ms)", NanoTimestamp.Parse("2026-11-22T01:02:03.123456789Z"), new DateTime(2026, 11, 22, 1, 2, 3, 123, DateTimeKind.Utc)),
            ("Timestamp(ns, \"+00:00\")", "2026-11-22T01:02:03Z", new DateTime(2026, 11, 22, 1, 2, 3, DateTimeKind.Utc)),
            ("Duration(s)", TimeSpan.FromSeconds(90.5), TimeSpan.FromSeconds(90)),
            ("Interval(MonthDayNano)", TimeSpan.FromSeconds(1), new MicromegasInterval(0, 0, 1_000_000_000)),
            ("List(Int64)", new[] { 1, 2 }, new long?[] { 1, 2 }),
            ("Int32", null, DBNull.Value),
        };
        foreach (var (type, value, received) in cases)
        {
            using var command = Source.CreateCommand("SELECT @p AS c");
            command.Parameters.Add(new MicromegasParameter("p", value) { DataTypeName = type });
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.Equal(received, reader.GetValue(0));
            if (!type.StartsWith("Dictionary", StringComparison.Ordinal))
            {
                Assert.Equal(type, reader.GetDataTypeName(0));
            }
        }

        Assert.Throws<ArgumentException>(() => new MicromegasParameter { DataTypeName = "Nonsense(5)" });
        foreach (var (type, value) in new (string, object)[] { ("Int8", 300), ("Decimal128(3, 1)", 1.25m), ("Decimal128(3, 1)", 1234m), ("Duration(s)", "text"), ("List(Int32)", 5), ("Null", 1) })
        {
            using var command = Source.CreateCommand("SELECT @p");
            command.Parameters.Add(new MicromegasParameter("p", value) { DataTypeName = type });
            Assert.Equal(MicromegasErrorCodes.InvalidParameterValue, Assert.Throws<MicromegasException>(() => command.ExecuteScalar()).SqlState);
        }
    }

    [Theory]
    [InlineData(System.Data.ParameterDirection.Output)]
    [InlineData(System.Data.ParameterDirection.InputOutput)]
    [InlineData(System.Data.ParameterDirection.ReturnValue)]
    public void OtherDirectionsThanInputAreRefused(System.Data.ParameterDirection direction)
        => Assert.Throws<NotSupportedException>(() => new MicromegasParameter { Direction = direction });

    [Fact]
    public void WhatIsMissingOrForeignIsRefused()
    {
        using var connection = Source.OpenConnection();
        using var command = connection.CreateCommand("SELECT @p");
        Assert.Equal(MicromegasErrorCodes.UndefinedParameter, Assert.Throws<MicromegasException>(() => command.ExecuteScalar()).SqlState);
        var parameter = command.Parameters.Add("p", System.Data.DbType.Int32);
        Assert.Throws<InvalidOperationException>(() => command.ExecuteScalar());
        parameter.Value = null;
        Assert.Equal(DBNull.Value, command.ExecuteScalar());
        parameter.ResetDbType();
        parameter.Value = new Uri("https://example.org/");
        Assert.Equal("https://example.org/", command.ExecuteScalar());
        parameter.Value = new Version(1, 2);
        Assert.Throws<NotSupportedException>(() => command.ExecuteScalar());
    }
}
