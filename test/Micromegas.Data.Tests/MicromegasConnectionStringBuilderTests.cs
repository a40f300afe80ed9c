using System.Data.Common;

namespace Micromegas.Data.Tests;

public class MicromegasConnectionStringBuilderTests
{
    [Fact]
    public void Reads_every_keyword()
    {
        var builder = new MicromegasConnectionStringBuilder(
            "Data Source=./telemetry;Mode=readonly;Range=2026-11-22T16:54:00Z/2026-11-22T16:58:00Z;Command Timeout=7;Memory Limit=512MB;Command Memory Limit=1.5 GiB;Threads=3;Scratch Tables=true;Map Files=true");
        Assert.Equal("./telemetry", builder.DataSource);
        Assert.Equal(MicromegasOpenMode.ReadOnly, builder.Mode);
        Assert.Equal(new NanoTimestamp(2026, 11, 22, 16, 58), builder.Range!.Value.End);
        Assert.Equal(7, builder.CommandTimeout);
        Assert.Equal(512L << 20, builder.MemoryLimit);
        Assert.Equal(3L << 29, builder.CommandMemoryLimit);
        Assert.Equal(3, builder.Threads);
        Assert.True(builder.ScratchTables);
        Assert.True(builder.MapFiles);
        Assert.Equal(9, builder.Keys.Count);
    }

    [Fact]
    public void Has_defaults()
    {
        var builder = new MicromegasConnectionStringBuilder();
        Assert.Equal("", builder.DataSource);
        Assert.Equal(MicromegasOpenMode.ReadWriteCreate, builder.Mode);
        Assert.Null(builder.Range);
        Assert.Equal(30, builder.CommandTimeout);
        Assert.Null(builder.MemoryLimit);
        Assert.Equal(0, builder.Threads);
        Assert.False(builder.ScratchTables);
        Assert.False(builder.MapFiles);
        Assert.Empty(builder.Keys);
        Assert.Equal("", builder.ConnectionString);
    }

    [Theory]
    [InlineData("DataSource=x", "Data Source=x")]
    [InlineData("data source=x;MODE=ReadWrite", "Data Source=x;Mode=ReadWrite")]
    [InlineData("MemoryLimit=1024", "Memory Limit=1KB")]
    [InlineData("Default Timeout=5", "Command Timeout=5")]
    public void Writes_canonical_keywords(string text, string expected)
    {
        var builder = new MicromegasConnectionStringBuilder(text);
        var again = new DbConnectionStringBuilder { ConnectionString = builder.ConnectionString };
        Assert.True(again.EquivalentTo(new DbConnectionStringBuilder { ConnectionString = expected }), builder.ConnectionString);
    }

    [Theory]
    [InlineData("Data Sauce=x", "Data Sauce")]
    [InlineData("Password=x", "password")]
    [InlineData("Mode=Sideways", "Mode")]
    [InlineData("Mode=1", "Mode")]
    [InlineData("Range=yesterday", "Range")]
    [InlineData("Range=2026-11-23/2026-11-22", "Range")]
    [InlineData("Command Timeout=-1", "Command Timeout")]
    [InlineData("Memory Limit=lots", "Memory Limit")]
    [InlineData("Memory Limit=0", "Memory Limit")]
    [InlineData("Threads=many", "Threads")]
    [InlineData("Scratch Tables=perhaps", "Scratch Tables")]
    [InlineData("Map Files=some", "Map Files")]
    public void Refuses_wrong_settings(string text, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => new MicromegasConnectionStringBuilder(text));
        Assert.Contains(named, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentException>(() => new MicromegasConnection(text));
    }

    [Fact]
    public void Names_services()
    {
        var builder = new MicromegasConnectionStringBuilder(
            "Data Source=s3://bucket/lake?access_key_id=id&secret_access_key=hidden;Catalog=\"Host=db;Username=me;Password=hidden;Database=lake\"");
        Assert.Equal("Host=db;Username=me;Password=hidden;Database=lake", builder.Catalog);
        Assert.Equal("s3://bucket/lake with catalogue db:5432/lake", builder.ResolveLake().Name);
        Assert.Equal("s3://bucket/lake", new MicromegasConnection(builder.ConnectionString).DataSource);
        Assert.Equal(builder.Catalog, new MicromegasConnectionStringBuilder(builder.ConnectionString).Catalog);

        // A directory of objects, and upstream's form of a catalogue.
        builder.DataSource = "/var/lake";
        builder.Catalog = "postgres://me:hidden@db:5433/lake?sslmode=verify-full";
        Assert.Equal("/var/lake with catalogue db:5433/lake", builder.ResolveLake().Name);
    }

    [Theory]
    [InlineData("Data Source=s3://bucket/lake", "needs a catalogue")]
    [InlineData("Data Source=s3://bucket?colour=hidden;Catalog=Host=db", "'colour' is no option")]
    [InlineData("Data Source=s3://bucket;Catalog=Hose=hidden", "catalogue's address")]
    [InlineData("Data Source=/var/lake;Catalog=postgres://hidden:x", "catalogue's address")]
    [InlineData("Data Source=az://hidden/lake;Catalog=Host=db", "Azure's stores are not supported")]
    [InlineData("Data Source=gs://hidden/lake;Catalog=Host=db", "S3 interface")]
    [InlineData("Data Source=postgres://hidden@db/lake", "'Catalog'")]
    [InlineData("Data Source=https://example.org/hidden", "no kind of data source")]
    public void Refuses_services_that_it_does_not_know(string text, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => new MicromegasConnectionStringBuilder(text).ResolveLake());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Behaves_as_a_dictionary()
    {
        var builder = new MicromegasConnectionStringBuilder { DataSource = "a;b=c" };
        Assert.True(builder.ContainsKey("datasource"));
        Assert.False(builder.ContainsKey("nonsense"));
        Assert.True(builder.TryGetValue("DATA SOURCE", out var value));
        Assert.Equal("a;b=c", value);
        Assert.Equal("a;b=c", new MicromegasConnectionStringBuilder(builder.ConnectionString).DataSource);
        Assert.True(builder.Remove("Data Source"));
        Assert.False(builder.Remove("Data Source"));
        Assert.Equal(MicromegasOpenMode.ReadWriteCreate, builder["Mode"]);
        Assert.Throws<ArgumentException>(() => builder["nonsense"]);
        builder["Threads"] = 4;
        Assert.Equal(4, builder.Threads);
        builder["Threads"] = null;
        Assert.False(builder.ContainsKey("Threads"));
    }

    [Fact]
    public void Resolves_directories()
    {
        var current = Environment.CurrentDirectory;
        Assert.Equal(Path.Combine(current, "telemetry"), Resolve("./telemetry/"));
        Assert.Equal(Path.Combine(current, "telemetry"), Resolve("file:telemetry"));
        Assert.Equal("/var/lake one", Resolve("file:///var/lake%20one"));
        Assert.Equal("/var/lake", Resolve("file:/var/lake"));
        Assert.Throws<ArgumentException>(() => Resolve("s3://bucket/lake"));
        Assert.Throws<ArgumentException>(() => Resolve(""));

        static string Resolve(string source) => new MicromegasConnectionStringBuilder { DataSource = source }.ResolveLake().Name;
    }
}
