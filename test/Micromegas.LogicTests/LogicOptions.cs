namespace Micromegas.LogicTests;

/// <summary>What the command line asks for.</summary>
internal sealed record LogicOptions(IReadOnlyList<LogicSetting> Settings, IReadOnlyList<string> Files, int Show)
{
    /// <exception cref="FormatException">An argument is wrong; the message names it.</exception>
    public static LogicOptions Parse(IReadOnlyList<string> arguments, IEnumerable<string> defaultFiles)
    {
        var settings = new List<LogicSetting>();
        var files = new List<string>();
        var show = 20;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--setting" when i + 1 < arguments.Count:
                    var name = arguments[++i];
                    settings.Add(LogicSetting.All.SingleOrDefault(setting => setting.Name == name)
                        ?? throw new FormatException($"there is no setting '{name}', only {string.Join(", ", LogicSetting.All)}"));
                    break;
                case "--show" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], out show):
                    i++;
                    break;
                case ['-', ..] option:
                    throw new FormatException($"'{option}' is no option, or its value is missing");
                case var file:
                    files.Add(file);
                    break;
            }
        }
        return new LogicOptions(settings.Count == 0 ? LogicSetting.All : settings, files.Count == 0 ? [.. defaultFiles.Order(StringComparer.Ordinal)] : files, show);
    }
}
