using System.Data.Common;

namespace Micromegas.Data.Tests;

public class MicromegasConnectionStringBuilderTests
{
    [Fact]
    public void Reads_every_keyword()
    {
        var builder = new MicromegasConnectionStringBuilder(
            "Data Source=./telemetry;Mode=readonly;Range=2026-11-22T16:54:00Z/2026-11-22T16:58:00Z;Command Timeout=7;Memory Limit=512MB;Command Memory Limit=1.5 GiB;Threads=3;Scratch Tables=true");
        Assert.Equal("./telemetry", builder.DataSource);
        Assert.Equal(MicromegasOpenMode.ReadOnly, builder.Mode);
        Assert.Equal(new NanoTimestamp(2026, 11, 22, 16, 58), builder.Range!.Value.End);
        Assert.Equal(7, builder.CommandTimeout);
        Assert.Equal(512L << 20, builder.MemoryLimit);
        Assert.Equal(3L << 29, builder.CommandMemoryLimit);
        Assert.Equal(3, builder.Threads);
        Assert.True(builder.ScratchTables);
        Assert.Equal(8, builder.Keys.Count);
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
    public void Refuses_wrong_settings(string text, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => new MicromegasConnectionStringBuilder(text));
        Assert.Contains(named, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentException>(() => new MicromegasConnection(text));
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

        static string Resolve(string source) => new MicromegasConnectionStringBuilder { DataSource = source }.ResolveDirectory();
    }
}
