using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Micromegas.Data.Tests;

/// <summary><c>GetSchema</c> of a lake: what each collection says, and that its restrictions restrict.</summary>
public class SchemaCollectionTests(GoldenLakeFixture golden) : IClassFixture<GoldenLakeFixture>
{
    private static readonly string[] Collections =
    [
        "MetaDataCollections", "DataSourceInformation", "DataTypes", "Restrictions", "ReservedWords", "Catalogs", "Schemata", "Tables", "Columns", "Views", "ViewSets",
        "Partitions", "Functions",
    ];

    public static TheoryData<string> Names => [.. Collections];

    [Fact]
    public async Task TheListNamesEveryCollection()
    {
        await using var connection = await OpenAsync();
        var list = (await connection.GetSchemaAsync()).Rows.Cast<DataRow>().ToList();
        Assert.Equal(Collections.Order(), list.Select(static row => (string)row["CollectionName"]).Order());
        var restrictions = (await connection.GetSchemaAsync("Restrictions")).Rows.Cast<DataRow>().ToLookup(static row => (string)row["CollectionName"]);
        Assert.All(list, row => Assert.Equal((int)row["NumberOfRestrictions"], restrictions[(string)row["CollectionName"]].Count()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task EveryRestrictionRestricts(string name)
    {
        await using var connection = await OpenAsync();
        var all = connection.GetSchema(name);
        Assert.Equal(name, all.TableName);
        Assert.NotEmpty(all.Rows);
        Assert.Equal(all.Rows.Count, (await connection.GetSchemaAsync(name.ToUpperInvariant())).Rows.Count);
        var restrictions = connection.GetSchema("Restrictions").Rows.Cast<DataRow>().Where(row => (string)row["CollectionName"] == name).ToList();
        foreach (var restriction in restrictions)
        {
            var values = new string?[restrictions.Count];
            var at = (int)restriction["RestrictionNumber"] - 1;
            // Catalogs and Schemata call the columns that they restrict by their own names.
            var column = (string)restriction["RestrictionDefault"];
            column = all.Columns.Contains(column) ? column : column == "table_catalog" ? "catalog_name" : "schema_name";
            values[at] = (string)all.Rows[^1][column];
            var some = await connection.GetSchemaAsync(name, values);
            Assert.Equal(all.Rows.Cast<DataRow>().Count(row => (string)row[column] == values[at]), some.Rows.Count);
            Assert.All(some.Rows.Cast<DataRow>(), row => Assert.Equal(values[at], row[column]));
            values[at] = "nothing of that name";
            Assert.Empty(connection.GetSchema(name, values).Rows);
        }

        Assert.Throws<ArgumentException>(() => connection.GetSchema(name, new string?[restrictions.Count + 1]));
        await Assert.ThrowsAsync<ArgumentException>(() => connection.GetSchemaAsync(name, new string?[restrictions.Count + 1]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.GetSchemaAsync(name, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task CollectionsSayWhatTheLakeHas()
    {
        await using var connection = await OpenAsync();
        string[] views = ["log_entries", "measures", "processes", "streams", "blocks"];
        Assert.Superset(views.ToHashSet(), Column(connection, "Tables", "table_name"));
        Assert.Superset(new HashSet<string> { "processes", "streams" }, Column(connection, "Views", "table_name"));
        Assert.Superset(new HashSet<string> { "log_entries", "thread_spans" }, Column(connection, "ViewSets", "view_set_name"));
        Assert.Contains("property_get", Column(connection, "Functions", "routine_name"));
        Assert.Equal(["public"], Column(connection, "Schemata", "schema_name"));
        var time = connection.GetSchema("Columns", [null, null, "log_entries", "time"]).Rows.Cast<DataRow>().Single();
        Assert.Equal("Timestamp(ns, \"+00:00\")", time["data_type"]);
        Assert.Contains(connection.GetSchema("Partitions", ["log_entries"]).Rows.Cast<DataRow>(), static row => (long)row["num_rows"] > 0);

        await using var closed = connection.Clone();
        Assert.Throws<InvalidOperationException>(() => closed.GetSchema("Tables"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => closed.GetSchemaAsync("Tables"));
        Assert.Equal(Collections.Length, closed.GetSchema().Rows.Count);
    }

    [Fact]
    public async Task TypesAreThoseOfTheLanguage()
    {
        await using var connection = await OpenAsync();
        foreach (DataRow type in connection.GetSchema("DataTypes").Rows)
        {
            var spelling = string.Format(CultureInfo.InvariantCulture, (string)type["CreateFormat"], 10, 2);
            await using var command = connection.CreateCommand($"SELECT CAST(NULL AS {spelling}) AS c");
            await using var reader = await command.ExecuteReaderAsync();
            Assert.StartsWith((string)type["TypeName"], reader.GetDataTypeName(0), StringComparison.Ordinal);
            Assert.Equal(type["DataType"], reader.GetFieldType(0).FullName);
        }
    }

    [Fact]
    public async Task ReservedWordsAreNamesWhenQuoted()
    {
        await using var connection = await OpenAsync();
        var words = Column(connection, "ReservedWords", "ReservedWord");
        Assert.Superset(new HashSet<string> { "SELECT", "FROM", "WHERE", "ILIKE", "QUALIFY", "TABLE", "LATERAL" }, words);
        using var quoting = new MicromegasCommandBuilder();
        var names = string.Join(", ", words.Order().Select((word, i) => $"{i} AS {quoting.QuoteIdentifier(word)}"));
        await using var command = connection.CreateCommand($"SELECT * FROM (SELECT {names}) AS t");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.Equal(words.Count, reader.FieldCount);
        // Unquoted, each of them fails somewhere; these do as columns.
        foreach (var word in new[] { "FROM", "WHERE", "CASE", "TABLE", "NOT" })
        {
            Assert.Contains(word, words);
            var error = Assert.Throws<MicromegasException>(() => connection.CreateCommand($"SELECT {word} FROM processes").ExecuteScalar());
            Assert.Equal(MicromegasErrorCodes.SyntaxError, error.SqlState);
        }
    }

    [Fact]
    public async Task InformationFitsTheLanguage()
    {
        await using var connection = await OpenAsync();
        var information = connection.GetSchema("DataSourceInformation").Rows[0];
        Assert.Equal("Micromegas.Data", information[DbMetaDataColumnNames.DataSourceProductName]);
        var marker = string.Format(CultureInfo.InvariantCulture, (string)information[DbMetaDataColumnNames.ParameterMarkerFormat], "value");
        Assert.Matches((string)information[DbMetaDataColumnNames.ParameterMarkerPattern], marker);
        await using var command = connection.CreateCommand($"SELECT {marker}");
        command.Parameters.AddWithValue(marker, 5);
        Assert.Equal(5, await command.ExecuteScalarAsync());
        Assert.Matches((string)information[DbMetaDataColumnNames.QuotedIdentifierPattern], "\"a\"\"b\"");
        Assert.Matches((string)information[DbMetaDataColumnNames.StringLiteralPattern], "'a''b'");
    }

    private static HashSet<string> Column(MicromegasConnection connection, string collection, string column)
        => [.. connection.GetSchema(collection).Rows.Cast<DataRow>().Select(row => (string)row[column])];

    private async Task<MicromegasConnection> OpenAsync()
    {
        var connection = new MicromegasConnection(golden.Lake.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
