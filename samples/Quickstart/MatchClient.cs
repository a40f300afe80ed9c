using Micromegas.Data;

namespace Micromegas.Samples.Quickstart;

/// <summary>Another small program: it plays one match and measures its frames.</summary>
internal static class MatchClient
{
    public const int Frames = 1_000;

    public static async Task<Guid> RunAsync(MicromegasLake lake, Guid parent)
    {
        await using TelemetryWriter telemetry = lake.CreateWriter(new TelemetryWriterOptions { Exe = "match-client", ParentProcessId = parent });
        var random = new Random(7);
        telemetry.Log(TelemetryLevel.Info, "match", "Match starts");
        for (int frame = 0; frame < Frames; frame++)
        {
            double milliseconds = 12 + random.NextDouble() * 6 + (frame % 97 == 0 ? 40 : 0);
            telemetry.Measure("match.render", "frame_time", "ms", milliseconds);
            telemetry.Measure("match.render", "draw_calls", "", 900 + random.Next(300));
            if (milliseconds > 50)
            {
                telemetry.Log(TelemetryLevel.Warn, "match.render", $"Frame {frame} took {milliseconds:F1} ms");
            }
        }
        telemetry.Log(TelemetryLevel.Info, "match", "Match ends");
        return telemetry.ProcessId;
    }
}
