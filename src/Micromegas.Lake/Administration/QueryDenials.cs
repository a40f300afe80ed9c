using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Sql;

namespace Micromegas.Lake.Administration;

/// <summary>A rule of the deny list; times in nanoseconds since 1970 UTC.</summary>
internal sealed record QueryDenial(Guid RuleId, long CreatedAt, string CreatedBy, string Reason, string Condition, long? LastHitAt);

/// <summary>
/// Refuses statements that match a rule (spec/lakehouse.md §8.7). A rule is a condition on one row that describes the statement and the process that asks; what is
/// not known here (a session, a notebook, an address) is null there, and null is not true.
/// </summary>
internal sealed class QueryDenials(LakeHost lake)
{
    /// <summary>The functions that administrators lift a rule with; statements that name one are let through.</summary>
    private static readonly string[] s_functions = ["list_query_denials", "deny_queries", "remove_query_denial"];

    private static readonly string[] s_columns =
    [
        "user_id", "email", "service_account", "client", "agent", "entrypoint", "session", "notebook", "cell", "client_ip", "sql", "sql_hash",
    ];

    /// <summary>Who asks, as far as a library knows: the account and the program that it runs in.</summary>
    private static readonly Dictionary<string, string> s_asker = new(StringComparer.Ordinal)
    {
        ["user_id"] = Environment.UserName,
        ["client"] = "Micromegas.Data",
        ["entrypoint"] = AppDomain.CurrentDomain.FriendlyName,
    };

    private const int MostRules = 100;
    private const long Never = long.MinValue;
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(10);

    private volatile IReadOnlyList<QueryDenial> _rules = [];
    private long _readAt = Never;

    /// <exception cref="EngineException">A rule refuses the statement (42501).</exception>
    public async ValueTask AdmitAsync(string sql, QueryContext context, CancellationToken ct)
    {
        IReadOnlyList<QueryDenial> rules = await RulesAsync(ct).ConfigureAwait(false);
        if (rules.Count == 0 || Array.Exists(s_functions, name => sql.Contains(name, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }
        foreach (QueryDenial rule in rules)
        {
            if (await MatchesAsync(rule, sql, context, ct).ConfigureAwait(false))
            {
                await RecordHitAsync(rule, ct).ConfigureAwait(false);
                throw new EngineException("42501", $"query denied by rule {rule.RuleId:D} (reason: {rule.Reason})");
            }
        }
    }

    public async ValueTask<IReadOnlyList<QueryDenial>> ListAsync(CancellationToken ct) =>
        [.. (await lake.Catalog.ReadTableAsync(CatalogSchema.QueryDenyList, ct).ConfigureAwait(false))
            .Select(row => new QueryDenial(
                Guid.Parse((string)row[0]!), CatalogTime.ToNanoseconds((long)row[1]!), (string)row[2]!, (string)row[3]!, (string)row[4]!,
                row[5] is long hit ? CatalogTime.ToNanoseconds(hit) : null))
            .OrderBy(rule => rule.CreatedAt).ThenBy(rule => rule.RuleId)];

    /// <summary>Adds a rule and gives its id.</summary>
    /// <exception cref="EngineException">The condition is none, or the reason is blank.</exception>
    public async ValueTask<Guid> AddAsync(string condition, string reason, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new EngineException(SqlState.InvalidParameterValue, "a rule needs a reason");
        }
        await CheckAsync(condition, ct).ConfigureAwait(false);
        if ((await ListAsync(ct).ConfigureAwait(false)).Count >= MostRules)
        {
            throw new EngineException(SqlState.InvalidParameterValue, $"there are {MostRules} rules already");
        }
        var rule = new QueryDenial(Guid.NewGuid(), CatalogTime.Now(lake.Options.TimeProvider), Environment.UserName, reason, condition, null);
        await WriteAsync(rule, ct).ConfigureAwait(false);
        Volatile.Write(ref _readAt, Never);
        return rule.RuleId;
    }

    /// <summary>What became of it, in upstream's words.</summary>
    public async ValueTask<string> RemoveAsync(string? ruleId, CancellationToken ct)
    {
        if (ruleId is null)
        {
            return "ERROR: rule_id cannot be null";
        }
        if (!Guid.TryParseExact(ruleId, "D", out Guid id))
        {
            return $"ERROR: '{ruleId}' is not a valid rule id";
        }
        bool removed = await lake.Catalog.DeleteRowAsync(CatalogSchema.QueryDenyList, [id.ToString("D")], ct).ConfigureAwait(false);
        Volatile.Write(ref _readAt, Never);
        return removed ? $"SUCCESS: removed rule {id:D}" : $"ERROR: no such rule: {id:D}";
    }

    private async ValueTask<IReadOnlyList<QueryDenial>> RulesAsync(CancellationToken ct)
    {
        TimeProvider clock = lake.Options.TimeProvider;
        if (Volatile.Read(ref _readAt) is var read && (read == Never || clock.GetElapsedTime(read) >= s_refresh))
        {
            // Several may read at once; what they read is the same.
            long now = clock.GetTimestamp();
            _rules = await ListAsync(ct).ConfigureAwait(false);
            Volatile.Write(ref _readAt, now);
        }
        return _rules;
    }

    private static async ValueTask<bool> MatchesAsync(QueryDenial rule, string sql, QueryContext context, CancellationToken ct)
    {
        try
        {
            using MemoryTable row = Describe([sql]);
            bool matches = false;
            await foreach (Batch batch in LakeStatement.RunAsync(Tables(row), context, Question(rule.Condition), TimeRange.All, ct).ConfigureAwait(false))
            {
                matches |= batch.SelectedCount > 0;
            }
            return matches;
        }
        catch (EngineException e)
        {
            // A rule of another version that cannot be evaluated here refuses nobody.
            context.Warn?.Invoke($"deny rule {rule.RuleId:D} cannot be evaluated: {e.Message}");
            return false;
        }
    }

    private async ValueTask RecordHitAsync(QueryDenial rule, CancellationToken ct)
    {
        if (!lake.IsReadOnly)
        {
            await WriteAsync(rule with { LastHitAt = CatalogTime.Now(lake.Options.TimeProvider) }, ct).ConfigureAwait(false);
        }
    }

    private ValueTask WriteAsync(QueryDenial rule, CancellationToken ct) => lake.Catalog.WriteRowAsync(
        CatalogSchema.QueryDenyList,
        [
            rule.RuleId.ToString("D"), CatalogTime.ToMicroseconds(rule.CreatedAt), rule.CreatedBy, rule.Reason, rule.Condition,
            rule.LastHitAt is { } hit ? CatalogTime.ToMicroseconds(hit) : null,
        ],
        ct);

    /// <summary>A condition that binds without any column is a constant; one that names another table does not bind at all.</summary>
    private static async ValueTask CheckAsync(string condition, CancellationToken ct)
    {
        var context = new QueryContext(new EngineOptions(), new MemoryBudget(1 << 24), ct);
        using MemoryTable row = Describe([]);
        Schema schema = await LakeStatement.DescribeAsync(Tables(row), context, $"SELECT ({condition}) AS matches FROM statement", ct).ConfigureAwait(false);
        await LakeStatement.DescribeAsync(Tables(row), context, Question(condition), ct).ConfigureAwait(false);
        if (schema is not [{ Type.Kind: TypeKind.Boolean }])
        {
            throw new EngineException(SqlState.DatatypeMismatch, "the condition of a rule must be true or false");
        }
        bool isConstant = true;
        try
        {
            await LakeStatement.DescribeAsync(new TableCatalog(), context, $"SELECT ({condition})", ct).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            isConstant = false;
        }
        if (isConstant)
        {
            throw new EngineException(SqlState.InvalidParameterValue, $"the condition of a rule must name at least one of {string.Join(", ", s_columns)}");
        }
    }

    private static string Question(string condition) => $"SELECT 1 FROM statement WHERE ({condition})";

    private static TableCatalog Tables(MemoryTable row)
    {
        var tables = new TableCatalog();
        tables.Add("statement", row);
        return tables;
    }

    private static MemoryTable Describe(string[] statements) => MemoryTable.FromRows(
        statements, s_columns.Select(name => (new Field(name, DataType.Utf8), (Func<string, object?>)(sql => name switch
        {
            "sql" => sql,
            "sql_hash" => SqlFingerprint.Of(sql),
            _ => s_asker.GetValueOrDefault(name),
        }))).ToArray());
}
