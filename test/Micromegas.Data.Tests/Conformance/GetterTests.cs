namespace Micromegas.Data.Tests.Conformance;

public class GetterTests
{
    private static readonly MicromegasDataSource Source = MicromegasDataSource.Create("");

    public static TheoryData<string> Expressions => [.. GetterTable.Rows.Select(static row => row.Sql)];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void EveryGetterGivesWhatTheTableSaysOrRefuses(string sql)
    {
        var row = GetterTable.Rows.Single(row => row.Sql == sql);
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand($"SELECT {sql} AS c").ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(row.TypeName, reader.GetDataTypeName(0));
        foreach (var (name, getters) in GetterTable.Getters)
        {
            for (var i = 0; i < getters.Length; i++)
            {
                var call = $"{sql}: {name} #{i}";
                object? given;
                try
                {
                    given = getters[i](reader);
                }
                catch (OverflowException)
                {
                    Assert.True(row.Answers.GetValueOrDefault(name) is "!", call + " overflows");
                    continue;
                }
                catch (InvalidCastException e)
                {
                    Assert.False(row.Answers.ContainsKey(name), call + " is refused");
                    Assert.Contains("'c'", e.Message, StringComparison.Ordinal);
                    continue;
                }

                Assert.True(row.Answers.ContainsKey(name), call + " gives " + given);
                Assert.Equal(row.Answers[name], given);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void GetValueHasTheTypeThatTheSchemaSays(string sql)
    {
        var row = GetterTable.Rows.Single(row => row.Sql == sql);
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand($"SELECT {sql} AS c").ExecuteReader();
        Assert.True(reader.Read());
        var value = reader.GetValue(0);
        Assert.Equal(reader.GetFieldType(0), value.GetType());
        Assert.Equal(reader.GetFieldType(0), reader.GetProviderSpecificFieldType(0));
        Assert.Equal(value.GetType(), reader.GetColumnSchema()[0].DataType);
        Assert.Equal(value, reader[0]);
        Assert.Equal(value, reader["C"]);
        if (row.Value is not ("bytes" or "array" or "struct"))
        {
            Assert.Equal(row.Value, value);
        }
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void NullIsNullInEveryGetter(string sql)
    {
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand($"SELECT CASE WHEN 1 = 0 THEN {sql} END AS c").ExecuteReader();
        Assert.True(reader.Read());
        Assert.True(reader.IsDBNull(0));
        Assert.Same(DBNull.Value, reader.GetValue(0));
        Assert.Same(DBNull.Value, reader.GetFieldValue<object>(0));
        Assert.Same(DBNull.Value, reader.GetFieldValue<DBNull>(0));
        Assert.Null(reader.GetFieldValue<int?>(0));
        Assert.Null(reader.GetFieldValue<NanoTimestamp?>(0));
        foreach (var (_, getters) in GetterTable.Getters)
        {
            Assert.Throws<InvalidCastException>(() => getters[0](reader));
        }
    }

    [Fact]
    public void EveryGetterNeedsARowAndAnOpenReader()
    {
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand("SELECT 1 AS c").ExecuteReader();
        All(static (reader, getter) => Assert.Throws<InvalidOperationException>(() => getter(reader)));
        Assert.True(reader.Read());
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetInt32(1));
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetInt32(-1));
        Assert.False(reader.Read());
        All(static (reader, getter) => Assert.Throws<InvalidOperationException>(() => getter(reader)));
        reader.Close();
        All(static (reader, getter) => Assert.Throws<InvalidOperationException>(() => getter(reader)));
        Assert.Throws<InvalidOperationException>(() => reader.Read());
        Assert.Throws<InvalidOperationException>(() => reader.NextResult());
        Assert.Throws<InvalidOperationException>(() => reader.FieldCount);
        Assert.Throws<InvalidOperationException>(() => reader.GetSchemaTable());

        void All(Action<MicromegasDataReader, GetterTable.Getter> check)
        {
            foreach (var getter in GetterTable.Getters.Values.SelectMany(static getters => getters))
            {
                check(reader, getter);
            }
        }
    }

    [Fact]
    public void BytesAndCharactersAreReadInPieces()
    {
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand("SELECT X'01020304', 'text'").ExecuteReader();
        Assert.True(reader.Read());
        var bytes = new byte[5];
        var chars = new char[5];
        Assert.Equal((4, 4), (reader.GetBytes(0, 0, null, 0, 0), reader.GetChars(1, 2, null, 0, 0)));
        Assert.Equal((2, 2), (reader.GetBytes(0, 1, bytes, 2, 2), reader.GetChars(1, 1, chars, 2, 2)));
        Assert.Equal([0, 0, 2, 3, 0], bytes);
        Assert.Equal("\0\0ex\0", new string(chars));
        Assert.Equal((0, 0), (reader.GetBytes(0, 9, bytes, 0, 5), reader.GetChars(1, 9, chars, 0, 5)));
        foreach (var (offset, start, length) in new[] { (-1, 0, 1), (0, -1, 1), (0, 6, 0), (0, 2, 4), (0, 0, -1) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetBytes(0, offset, bytes, start, length));
            Assert.Throws<ArgumentOutOfRangeException>(() => reader.GetChars(1, offset, chars, start, length));
        }
    }
}
