using System.Collections.Concurrent;
using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Optimizer;

namespace Micromegas.Engine.Statements;

/// <summary>
/// What SET has set, for one connection. Settings are texts; those that say how the engine works change its options, the others are kept for SHOW alone, as
/// clients of other databases set them unasked. Thread-safe.
/// </summary>
public sealed class SessionSettings
{
    // Most connections set nothing.
    private ConcurrentDictionary<string, string>? values;
    private int version;

    private ConcurrentDictionary<string, PreparedStatement>? prepared;

    /// <summary>What PREPARE has kept, by name.</summary>
    internal ConcurrentDictionary<string, PreparedStatement> Prepared =>
        LazyInitializer.EnsureInitialized(ref prepared, static () => new ConcurrentDictionary<string, PreparedStatement>(StringComparer.Ordinal));

    /// <summary>Changes with every SET and RESET.</summary>
    internal int Version => Volatile.Read(ref version);

    /// <summary>A setting that statements know.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Default">Its value before any SET; null means none.</param>
    /// <param name="Description">One sentence.</param>
    internal sealed record Definition(string Name, string? Default, string Description)
    {
        /// <summary>What the value does to the engine; throws <see cref="EngineException"/> for a value that makes no sense.</summary>
        public Func<EngineOptions, string, EngineOptions> Apply { get; init; } = static (options, _) => options;

        public IReadOnlyList<string> Aliases { get; init; } = [];
    }

    /// <summary>What clients set when they connect.</summary>
    private static readonly (string Name, string? Default, string Description)[] Kept =
    [
        ("application_name", "", "Name of the client."),
        ("bytea_output", "hex", "Form of binary values."),
        ("client_encoding", "UTF8", "Encoding of texts: always UTF-8."),
        ("client_min_messages", "notice", "Least level of messages."),
        ("datafusion.catalog.information_schema", "true", "Whether information_schema exists."),
        ("datafusion.sql_parser.dialect", "generic", "Dialect of the parser."),
        ("datestyle", "ISO", "Form of dates."),
        ("extra_float_digits", "1", "Digits of floats."),
        ("idle_in_transaction_session_timeout", "0", "There are no transactions."),
        ("intervalstyle", "postgres", "Form of intervals."),
        ("lock_timeout", "0", "There are no locks."),
        ("names", "utf8", "Encoding of texts: always UTF-8."),
        ("search_path", "public", "Schemas of unqualified names: always public."),
        ("standard_conforming_strings", "on", "Whether backslashes are plain: they are."),
        ("statement_timeout", "0", "Time-out of a statement: see CommandTimeout."),
        ("transaction_isolation", "read committed", "There are no transactions."),
    ];

    /// <summary>All settings, by name.</summary>
    internal static IReadOnlyList<Definition> All { get; } = [.. Define().OrderBy(static definition => definition.Name, StringComparer.Ordinal)];

    private static readonly Dictionary<string, Definition> ByName =
        All.SelectMany(static definition => definition.Aliases.Prepend(definition.Name).Select(name => (name, definition))).ToDictionary(static pair => pair.name, static pair => pair.definition);

    internal static Definition? Find(string name) => ByName.GetValueOrDefault(name.ToLowerInvariant());

    internal static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The options that the settings make of others.</summary>
    public EngineOptions Apply(EngineOptions options)
    {
        if (values is not null)
        {
            foreach (var (name, value) in values)
            {
                options = ByName[name].Apply(options, value);
            }
        }
        return options;
    }

    /// <summary>The value of a setting; null when it has none.</summary>
    internal string? Get(Definition definition) => values?.GetValueOrDefault(definition.Name) ?? definition.Default;

    /// <summary>Sets; a null value brings the default back.</summary>
    /// <exception cref="EngineException">The value makes no sense (22023).</exception>
    internal void Set(Definition definition, string? value)
    {
        if (value is null)
        {
            values?.TryRemove(definition.Name, out _);
            Interlocked.Increment(ref version);
            return;
        }
        definition.Apply(new EngineOptions(), value);
        LazyInitializer.EnsureInitialized(ref values, static () => new ConcurrentDictionary<string, string>(StringComparer.Ordinal))[definition.Name] = value;
        Interlocked.Increment(ref version);
    }

    /// <summary>Brings all defaults back.</summary>
    internal void Reset()
    {
        values?.Clear();
        Interlocked.Increment(ref version);
    }

    private static IEnumerable<Definition> Define()
    {
        yield return new("datafusion.execution.batch_size", Text(Batch.MaxRows), "Rows of a batch; more than the engine's own limit mean that limit.")
        {
            Apply = static (options, value) => options with { BatchSize = (int)Math.Min(Integer(value, 1), Batch.MaxRows) },
            Aliases = ["batch_size"],
        };
        yield return new("datafusion.execution.target_partitions", "0", "Workers that one statement may use; 0 means one a core.")
        {
            Apply = static (options, value) => Integer(value, 0) is var count and > 0 ? options with { Threads = (int)Math.Min(count, 1024) } : options,
            Aliases = ["threads", "max_parallel_workers"],
        };
        yield return new("datafusion.execution.time_zone", null, "Zone of TIMESTAMPTZ; none means that it has no zone.")
        {
            Apply = static (options, value) => options with { TimeZone = value.Length == 0 ? null : Zone(value) },
            Aliases = ["timezone", "time_zone"],
        };
        yield return new("micromegas.force_spill", "false", "Spill although memory would suffice; for tests.")
        {
            Apply = static (options, value) => options with { ForceSpill = Flag(value) },
        };
        yield return new("micromegas.flatten_dictionaries", "false", "Do without dictionaries; for tests.")
        {
            Apply = static (options, value) => options with { FlattenDictionaries = Flag(value) },
        };
        foreach (var rule in LogicalOptimizer.RuleNames)
        {
            yield return new($"micromegas.optimizer.{rule.Replace('-', '_')}", "true", $"Whether the optimizer's rule {rule} is on. Answers do not depend on it.")
            {
                Apply = (options, value) => options with { DisabledRules = (Flag(value) ? options.DisabledRules.Except([rule]) : options.DisabledRules.Append(rule)).ToHashSet() },
            };
        }
        foreach (var (name, value, description) in Kept)
        {
            yield return new(name, value, description + " Kept, without effect.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Integer(string value, long least) => long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least
        ? number
        : throw new EngineException(SqlState.InvalidParameterValue, $"'{value}' is no integer of at least {least}.");

    private static bool Flag(string value) => value.ToLowerInvariant() switch
    {
        "true" or "on" or "yes" or "1" or "t" => true,
        "false" or "off" or "no" or "0" or "f" => false,
        _ => throw new EngineException(SqlState.InvalidParameterValue, $"'{value}' is no Boolean."),
    };

    private static string Zone(string value) =>
        Functions.Zone.TryFind(value) is null ? throw new EngineException(SqlState.InvalidParameterValue, $"'{value}' is no time zone.") : value;
}
