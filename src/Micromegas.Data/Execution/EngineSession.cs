using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake;
using Micromegas.Parquet;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>A session on a catalogue of tables, answered by the engine of this process.</summary>
internal sealed class EngineSession(SqlEngine engine, ICatalog catalog, EngineOptions options, MemoryBudget memory, ChunkCache chunks, long commandMemory) : IQuerySession
{
    /// <summary>Plans of questions that were asked before, by their syntax trees, which the same text shares (<see cref="ParsedTexts"/>).</summary>
    private readonly ConditionalWeakTable<Statement, KeptPlan> plans = [];

    /// <summary>The lake that is asked; its deny list may refuse statements.</summary>
    public LakeHost? Lake { get; init; }

    public IReadOnlyList<Statement> Parse(string sql) => ParsedTexts.Parse(sql);

    public async ValueTask<IPreparedQuery> PrepareAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        var parameters = new StatementParameters();
        foreach (var parameter in request.Parameters)
        {
            parameters.Add(parameter.Name, parameter.Value);
        }
        var run = new StatementRun();
        var hasWarned = false;
        // The budget is the statement's own; what it takes counts against the process's limit too.
        var context = new QueryContext(request.Settings?.Apply(options) ?? options, new MemoryBudget(Math.Min(request.CommandMemoryLimit ?? commandMemory, memory.Limit), memory), run.Token)
        {
            Range = request.Range is { } range ? new TimeRange(range.Begin.UnixNanoseconds, range.End.UnixNanoseconds) : TimeRange.All,
            Warn = text =>
            {
                hasWarned = true;
                request.Warn(text);
            },
            Chunks = chunks,
            Session = request.Settings,
        };
        if (Lake is { } lake)
        {
            await lake.AdmitAsync(request.Sql, context, cancellationToken).ConfigureAwait(false);
        }
        // Planning computes constants; what is long ends with the call.
        using var link = run.LinkTo(cancellationToken);
        var known = request.Prepared is { } prepared ? prepared.Plan : plans.TryGetValue(request.Statement, out var repeated) ? repeated : null;
        var planned = known is { } kept ? await kept.TryUseAsync(engine, catalog, parameters, context, cancellationToken).ConfigureAwait(false) : null;
        if (planned is null)
        {
            planned = await engine.PlanAsync(request.Sql, request.Statement, catalog, parameters, context, cancellationToken).ConfigureAwait(false);
            // A plan that serves again would not warn again.
            Keep(request, hasWarned ? null : planned.Kept);
        }
        return new PreparedStatement(planned, context, run);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Keep(QueryRequest request, KeptPlan? plan)
    {
        if (request.Prepared is { } prepared)
        {
            prepared.Plan = plan;
        }
        else if (plan is { HoldsScratchTables: false })
        {
            plans.AddOrUpdate(request.Statement, plan);
        }
    }

    /// <summary>Links the token of the call that starts a statement to the one that its context was made with.</summary>
    private sealed class StatementRun : IDisposable
    {
        private readonly CancellationTokenSource source = new();

        public CancellationToken Token => source.Token;

        public void Cancel() => source.Cancel();

        public void Dispose() => source.Dispose();

        public CancellationTokenRegistration LinkTo(CancellationToken cancellationToken) =>
            cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
    }

    private sealed class PreparedStatement(PlannedStatement planned, QueryContext context, StatementRun run) : IPreparedQuery
    {
        public Schema Schema => planned.Schema;

        public async ValueTask<IQueryResult> ExecuteAsync(CancellationToken cancellationToken)
        {
            var link = run.LinkTo(cancellationToken);
            try
            {
                var result = await planned.ExecuteAsync(cancellationToken).ConfigureAwait(false);
                return new Result(result, planned.RecordsAffected ?? -1, context, run, link);
            }
            catch
            {
                await link.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private sealed class Result(QueryResult result, long recordsAffected, QueryContext context, StatementRun run, CancellationTokenRegistration link) : IQueryResult
    {
        public long RecordsAffected => recordsAffected;

        public MicromegasStatistics Statistics => MicromegasStatistics.From(context.Statistics, context.Budget.Peak);

        public ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken) => result.ReadAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            // Whatever looks only at the statement's own token ends too.
            run.Cancel();
            await result.DisposeAsync().ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
            run.Dispose();
        }
    }
}
