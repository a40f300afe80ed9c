using System.Globalization;
using Micromegas.Testing;

namespace Micromegas.Golden;

/// <summary>The command line of <c>eng/golden</c>.</summary>
internal sealed record GoldenOptions
{
    /// <summary>The folder with <c>store/</c> and <c>catalog/</c>.</summary>
    public string Lake { get; init; } = Repository.PathOf("test", "golden", "lake");

    /// <summary>The catalogue state, a folder below <c>catalog/</c>.</summary>
    public string Catalog { get; init; } = "global";

    /// <summary>Whether the catalogue is imported into a PostgreSQL server of the run's own.</summary>
    public bool Postgres { get; init; }

    /// <summary>Whether the objects are put into an S3 gateway of the run's own; the catalogue is in PostgreSQL then.</summary>
    public bool S3 { get; init; }

    /// <summary>The groups to run; empty for all.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>How many differences to print.</summary>
    public int Show { get; init; }

    /// <summary>Whether the checked-in floors are lifted to what passed.</summary>
    public bool Raise { get; init; }

    /// <summary>The answer files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">An option is unknown, lacks its value, or no file is given.</exception>
    public static GoldenOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new GoldenOptions();
        var files = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var option = arguments[i];
            options = option switch
            {
                "--lake" => options with { Lake = Path.GetFullPath(Value(arguments, ref i)) },
                "--catalog" => options with { Catalog = Value(arguments, ref i) },
                "--group" => options with { Groups = [.. options.Groups, .. Value(arguments, ref i).Split(',', StringSplitOptions.RemoveEmptyEntries)] },
                "--show" => options with
                {
                    Show = int.TryParse(Value(arguments, ref i), NumberStyles.None, CultureInfo.InvariantCulture, out var show)
                        ? show
                        : throw new FormatException("--show takes a number."),
                },
                "--postgres" => options with { Postgres = true },
                "--s3" => options with { Postgres = true, S3 = true },
                "--raise" => options with { Raise = true },
                _ when option.StartsWith("--", StringComparison.Ordinal) => throw new FormatException($"Unknown option {option}."),
                _ => options,
            };

            if (!option.StartsWith("--", StringComparison.Ordinal))
            {
                files.Add(option);
            }
        }

        return files.Count > 0 ? options with { Files = files } : throw new FormatException("No answer file is given.");
    }

    private static string Value(ReadOnlySpan<string> arguments, ref int index)
    {
        var option = arguments[index];
        return ++index < arguments.Length ? arguments[index] : throw new FormatException($"{option} takes a value.");
    }
}
