using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Storage;

namespace Micromegas.Data.Tests;

/// <summary>Statements of every phase (scan, sort, spill, join, decoding of blocks, a store that does not answer), and the ways to end them early.</summary>
public sealed class EndedStatements : IAsyncDisposable
{
    /// <summary>Ways to end a statement; those of <see cref="Closes"/> need one that gives a row first.</summary>
    public static readonly string[] Ends = ["token", "cancel", "close", "connection"];

    private readonly MemoryTable _big;
    private readonly string _folder = Directory.CreateTempSubdirectory("mmd-ended-").FullName;
    private readonly Dictionary<string, MicromegasDataSource> _sources = [];
    private readonly GoldenLake _lake;

    private EndedStatements(int rows, GoldenLake lake)
    {
        _lake = lake;
        _big = MemoryTable.FromRows(
            Enumerable.Range(0, rows), (new Field("x", DataType.Int64), i => (long)i * 7919 % rows), (new Field("t", DataType.Utf8), static i => "text " + (i * 31 % 1000)));
    }

    /// <summary>The phases by name: the settings, a statement to wait for, and one whose rows come as they are made.</summary>
    public static IReadOnlyDictionary<string, (string Settings, string Long, string Streaming)> Phases { get; } = new Dictionary<string, (string, string, string)>
    {
        ["scan"] = ("", "SELECT count(*) FROM big AS a, big AS b WHERE a.t LIKE '%9%8%' AND a.x + b.x < 0", "SELECT a.x FROM big AS a, big AS b"),
        ["sort"] = ("", "SELECT x, t FROM big ORDER BY t, x", "SELECT x, t FROM big ORDER BY t, x"),
        ["spill"] = ("little memory", "SELECT x, t FROM big ORDER BY t, x", "SELECT x, t FROM big ORDER BY t, x"),
        ["spilled groups"] = ("some memory", "SELECT x, count(*), max(t) FROM big GROUP BY x", "SELECT x, count(*), max(t) FROM big GROUP BY x"),
        ["join"] = ("", "SELECT count(*) FROM big AS a JOIN big AS b ON a.x = b.x", "SELECT a.x, b.t FROM big AS a JOIN big AS b ON a.x = b.x"),
        ["decoding"] = ("lake", "SELECT count(*), max(msg) FROM log_entries", "SELECT time, msg FROM log_entries"),
        // Not a count that the files' metadata can answer.
        ["stalled store"] = ("", "SELECT count(*) FROM stalled WHERE x > 0", "SELECT x, t FROM stalled"),
    };

    internal StalledStore Store { get; private set; } = null!;

    /// <param name="rows">Rows of the table that most statements read.</param>
    public static async Task<EndedStatements> CreateAsync(int rows)
    {
        var statements = new EndedStatements(rows, await GoldenLake.CopyAsOursAsync());
        await using var source = new MicromegasDataSourceBuilder().AddTable("big", statements._big).Build();
        await using var connection = await source.OpenConnectionAsync();
        foreach (var file in new[] { "first.parquet", "second.parquet" })
        {
            await connection.CreateCommand("SELECT * FROM big LIMIT 10000").ExportAsync(Path.Combine(statements._folder, file));
        }

        statements.Store = new StalledStore(new DirectoryObjectStore(statements._folder), "first.parquet");
        var stalled = await ParquetTable.OpenAsync(statements.Store, ["first.parquet", "second.parquet"], CancellationToken.None);
        statements.Store.Stall();
        foreach (var settings in Phases.Values.Select(static phase => phase.Settings).Distinct())
        {
            var text = settings switch
            {
                // Read-only: blocks are decoded again each time.
                "lake" => statements._lake.ConnectionString + ";Mode=ReadOnly",
                "little memory" => $"Command Memory Limit={rows * 35}",
                "some memory" => $"Command Memory Limit={rows * 400}",
                _ => settings,
            };
            statements._sources.Add(settings, new MicromegasDataSourceBuilder(text).AddTable("big", statements._big).AddTable("stalled", stalled).Build());
        }

        return statements;
    }

    /// <summary>An open connection for the statements of a phase.</summary>
    public ValueTask<MicromegasConnection> OpenAsync(string phase) => _sources[Phases[phase].Settings].OpenConnectionAsync();

    /// <summary>Runs a phase's statement, ends it, and checks how it ended; the connection is open afterwards.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="end">How to end it.</param>
    /// <param name="moment">Waits until it is to end; the task is the running statement.</param>
    /// <returns>How long it went on; null when it was complete before.</returns>
    public static async Task<TimeSpan?> EndAsync(MicromegasConnection connection, string phase, string end, Func<Task, Task> moment)
    {
        if (end is "close" or "connection")
        {
            return await CloseAsync(connection, Phases[phase].Streaming, end);
        }

        await using var command = connection.CreateCommand(Phases[phase].Long);
        using var token = new CancellationTokenSource();
        var running = Task.Run(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(token.Token);
            while (await reader.ReadAsync(token.Token))
            {
            }
        });
        await moment(running);
        var started = Stopwatch.GetTimestamp();
        if (end == "token")
        {
            await token.CancelAsync();
        }
        else
        {
            do
            {
                // A busy machine may not have begun: what is cancelled before it starts is not cancelled (DbCommand.Cancel).
                command.Cancel();
            }
            while (await Task.WhenAny(running, Task.Delay(100)) != running);
        }

        try
        {
            await running;
            return null;
        }
        catch (OperationCanceledException e) when (end == "token")
        {
            Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(e.InnerException).SqlState);
        }
        catch (MicromegasException e) when (end == "cancel")
        {
            Assert.Equal(MicromegasErrorCodes.QueryCanceled, e.SqlState);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The connection answers, and what it asks is read anew.</summary>
    public static async Task CheckUsableAsync(MicromegasConnection connection)
        => Assert.Equal(4999L, await connection.CreateCommand("SELECT count(*) FROM big WHERE x > 0 AND x < 5000").ExecuteScalarAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
        {
            await source.DisposeAsync();
        }

        await _lake.DisposeAsync();
        _big.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Half read, then left.</summary>
    private static async Task<TimeSpan?> CloseAsync(MicromegasConnection connection, string sql, string end)
    {
        await using var command = connection.CreateCommand(sql);
        var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        var started = Stopwatch.GetTimestamp();
        await (end == "close" ? reader.CloseAsync() : connection.CloseAsync());
        var elapsed = Stopwatch.GetElapsedTime(started);
        Assert.True(reader.IsClosed);
        if (end == "connection")
        {
            await connection.OpenAsync();
        }

        return elapsed;
    }
}
