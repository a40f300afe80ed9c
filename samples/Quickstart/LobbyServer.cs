using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Samples.Quickstart;

/// <summary>A small program: it seats players and starts matches.</summary>
internal static class LobbyServer
{
    public const int Rounds = 3;
    public const int PlayersPerRound = 200;

    public static async Task<Guid> RunAsync(MicromegasLake lake)
    {
        await using TelemetryWriter telemetry = lake.CreateWriter(new TelemetryWriterOptions
        {
            Exe = "lobby-server",
            Properties = new Dictionary<string, string> { ["version"] = "1.4.2" },
        });
        string[] maps = ["harbour", "canyon", "station"];
        var random = new Random(42);
        telemetry.Log(TelemetryLevel.Info, "lobby", "The lobby is open");
        for (int round = 0; round < Rounds; round++)
        {
            for (int player = 0; player < PlayersPerRound; player++)
            {
                string map = maps[random.Next(maps.Length)];
                var properties = new Dictionary<string, string> { ["map"] = map, ["round"] = round.ToString(CultureInfo.InvariantCulture) };
                telemetry.Log(TelemetryLevel.Info, "lobby.seats", $"Player {player} takes a seat", properties);
                telemetry.Measure("lobby.seats", "waiting_time", "ms", random.NextDouble() * 80, properties);
                if (random.Next(25) == 0)
                {
                    telemetry.Log(TelemetryLevel.Error, "lobby.matches", $"No server for {map}: all are busy", properties);
                }
            }
            // Happens by itself once a minute, after 4 MiB, or with the writer's end. Here it makes a block of every round.
            await telemetry.FlushAsync();
        }
        telemetry.Log(TelemetryLevel.Info, "lobby", "The lobby closes");
        return telemetry.ProcessId;
    }
}
