using System.Globalization;

namespace Micromegas.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Three rounds instead of seven, and only the rows of statements.</summary>
    public bool Quick { get; init; }

    /// <summary>Fifty and twenty million rows instead of ten and four.</summary>
    public bool Full { get; init; }

    /// <summary>Only statements whose name holds this text.</summary>
    public string? Only { get; init; }

    /// <summary>Only these rows of the table of goals.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>A file for the figures, one line a statement: what <c>--compare</c> reads.</summary>
    public string? Figures { get; init; }

    /// <summary>Instead of a race, our engine alone runs each statement this many times: something for a profiler to look at.</summary>
    public int Repeat { get; init; }

    /// <summary>The arguments of a probe that runs in a process of its own.</summary>
    public IReadOnlyList<string> Probe { get; init; } = [];

    public long Measures => Full ? 50_000_000 : 10_000_000;

    public long Logs => Full ? 20_000_000 : 4_000_000;

    public int WarmUps => Quick ? 1 : 2;

    /// <summary>Rounds that count.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Whether everything is measured, so that the page can be written.</summary>
    public bool IsComplete => !Quick && Only is null && Rows.Count == 0 && Figures is null && Repeat == 0;

    /// <exception cref="ArgumentException">An option is unknown or lacks its value.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options with { Quick = true, Rounds = 3 },
                "--rounds" => options with { Rounds = Math.Max(1, int.Parse(Value(), CultureInfo.InvariantCulture)) },
                "--full" => options with { Full = true },
                "--only" => options with { Only = Value() },
                "--row" => options with { Rows = [.. options.Rows, Value()] },
                "--repeat" => options with { Repeat = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--figures" => options with { Figures = Value() },
                "--probe" => options with { Probe = arguments[(i + 1)..] },
                var unknown => throw new ArgumentException($"eng/bench: unknown option {unknown}"),
            };
            if (options.Probe.Count > 0)
            {
                break;
            }

            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"eng/bench: {arguments[i - 1]} lacks its value");
        }
        return options;
    }
}
