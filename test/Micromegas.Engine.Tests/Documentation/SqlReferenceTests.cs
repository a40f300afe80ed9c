using System.Text;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;
using Micromegas.Engine.Tests.Statements;

namespace Micromegas.Engine.Tests.Documentation;

/// <summary>
/// docs/sql.md: names, arguments and meanings come from the function tables, examples from examples.txt, results from running them. When this test fails because
/// the page is stale, run it again with MICROMEGAS_WRITE_DOCS=1 and look at the difference.
/// </summary>
public sealed class SqlReferenceTests
{
    private const string Rows = "WITH t (x, y, s, b) AS (VALUES (1, 10.0, 'a', true), (2, 20.0, 'b', false), (3, 40.0, 'c', true), (NULL, NULL, NULL, NULL)) ";

    private static readonly string Root = FindRoot();

    private sealed record Example(string Section, string Name, string Expression)
    {
        public bool IsFixed => !Expression.StartsWith('!');

        public string Text => Expression.TrimStart('!');

        public string Statement => Rows + (Text.StartsWith("SELECT", StringComparison.Ordinal)
            ? Text
            : $"SELECT {Text} AS v{(Section is "Aggregates" or "Window functions" ? " FROM t" : "")}");
    }

    [Fact]
    public async Task The_page_says_what_the_engine_does()
    {
        var page = await PageAsync();
        var path = Path.Combine(Root, "docs", "sql.md");
        if (Environment.GetEnvironmentVariable("MICROMEGAS_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page);
        }
        Assert.Equal(await File.ReadAllTextAsync(path), page);
    }

    [Fact]
    public void Every_function_has_an_example()
    {
        var examples = Examples().Select(static example => example.Name).ToList();
        var registry = FunctionRegistry.BuiltIn;
        var names = registry.ScalarFunctions.Select(static function => function.Name)
            .Concat(registry.AggregateFunctions.Select(static function => function.Name))
            .Concat(SpecialForms.All.Select(static form => form.Name))
            .Concat(SqlMacros.All.Select(static macro => macro.Name))
            .Where(static name => char.IsAsciiLetter(name[0]) && !name.StartsWith("union_", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Equal([], names.Except(examples));
        Assert.Equal([], examples.Except(registry.Routines().Select(static routine => routine.Name)));
        Assert.Equal(examples.Count, examples.Distinct().Count());
    }

    private static async Task<string> PageAsync()
    {
        var page = new StringBuilder();
        page.Append(await File.ReadAllTextAsync(Path.Combine(Root, "test", "Micromegas.Engine.Tests", "Documentation", "introduction.md")));
        var registry = FunctionRegistry.BuiltIn;
        var routines = registry.Routines().GroupBy(static routine => routine.Name).ToDictionary(static group => group.Key, static group => group.First());
        foreach (var section in Examples().GroupBy(static example => example.Section))
        {
            page.Append($"\n## {section.Key}\n\n");
            if (section.Key == "Aggregates")
            {
                page.Append("Examples aggregate the rows (x, y, s, b) = (1, 10.0, 'a', true), (2, 20.0, 'b', false), (3, 40.0, 'c', true), (NULL, NULL, NULL, NULL).\n\n");
            }
            page.Append("| Function | Meaning | Example | Result |\n|---|---|---|---|\n");
            foreach (var example in section)
            {
                var routine = section.Key == "Window functions"
                    ? SpecialForms.All.First(form => form.Name == example.Name && form.Kind == RoutineKind.Window)
                    : routines[example.Name];
                var aliases = registry.FindScalar(example.Name)?.Aliases ?? registry.FindAggregate(example.Name)?.Aliases ?? [];
                var also = aliases.Count == 0 || aliases.Contains(example.Name) ? "" : $" Also {string.Join(", ", aliases.Select(static alias => $"`{alias}`"))}.";
                var result = example.IsFixed ? $"`{await ResultAsync(example)}`" : "";
                page.Append($"| `{Cell(routine.Name + routine.Usage)}` | {Cell(routine.Summary + also)} | `{Cell(example.Text)}` | {Cell(result)} |\n");
            }
        }
        page.Append("\n## Settings\n\n`SET name = value`, `RESET name`, `SHOW name`; they last as long as the connection is open.\n\n| Setting | Default | Meaning |\n|---|---|---|\n");
        foreach (var setting in SessionSettings.All)
        {
            var names = string.Join(", ", setting.Aliases.Prepend(setting.Name).Select(static name => $"`{name}`"));
            page.Append($"| {names} | {(setting.Default is { Length: > 0 } value ? $"`{value}`" : "")} | {Cell(setting.Description)} |\n");
        }
        return page.ToString();
    }

    /// <summary>The example's values as text, several rows joined by semicolons.</summary>
    private static async Task<string> ResultAsync(Example example)
    {
        try
        {
            return await new StatementRunner().TextAsync($"SELECT CAST(v AS VARCHAR) FROM ({example.Statement}) AS example");
        }
        catch (EngineException error)
        {
            throw new InvalidOperationException($"The example '{example.Statement}' fails: {error.Message}", error);
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static List<Example> Examples()
    {
        var examples = new List<Example>();
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(Root, "test", "Micromegas.Engine.Tests", "Documentation", "examples.txt")))
        {
            if (line.StartsWith('#'))
            {
                section = line[1..].Trim();
            }
            else if (line.Length > 0)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                examples.Add(new Example(section, line[..colon], line[(colon + 1)..].Trim()));
            }
        }
        return examples;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Micromegas.Data.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return folder;
    }
}
