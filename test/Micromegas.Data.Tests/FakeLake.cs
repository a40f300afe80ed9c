using Micromegas.Columnar;
using Micromegas.Data.Execution;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Tests;

/// <summary>A session source whose answers a test makes, for what the provider does by itself.</summary>
internal sealed class FakeLake : ISessionSource
{
    internal Schema Schema { get; set; } = Schema.Empty;

    internal List<Batch> Batches { get; } = [];

    /// <summary>Runs before each batch is given.</summary>
    internal Func<CancellationToken, ValueTask> BeforeBatch { get; set; } = static _ => default;

    /// <summary>Runs instead of planning.</summary>
    internal Action<QueryRequest> OnPrepare { get; set; } = static _ => { };

    internal List<QueryRequest> Requests { get; } = [];

    internal int OpenSessions;
    internal int OpenResults;

    internal static FakeLake WithColumns(params (Field Field, object?[] Values)[] columns)
    {
        var lake = new FakeLake { Schema = new Schema(columns.Select(static column => column.Field).ToArray()) };
        lake.Add(columns);
        return lake;
    }

    internal void Add(params (Field Field, object?[] Values)[] columns)
    {
        var vectors = columns.Select(static column =>
        {
            using var builder = VectorBuilder.Create(column.Field.Type);
            foreach (var value in column.Values)
            {
                builder.AppendValue(value);
            }

            return builder.Build();
        }).ToArray();
        Batches.Add(new Batch(Schema, vectors) { RowCount = columns[0].Values.Length });
    }

    internal MicromegasDataSource CreateDataSource(string connectionString = "") => new(ConnectionSettings.Parse(connectionString), this);

    internal MicromegasConnection Open(string connectionString = "") => CreateDataSource(connectionString).OpenConnection();

    public ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        OpenSessions++;
        return ValueTask.FromResult<IQuerySession>(new Session(this));
    }

    private sealed class Session(FakeLake lake) : IQuerySession
    {
        // Whatever the text is, it is one statement.
        public IReadOnlyList<Statement> Parse(string sql) => ParsedTexts.Parse("SELECT 1");

        public ValueTask<IPreparedQuery> PrepareAsync(QueryRequest request, CancellationToken cancellationToken)
        {
            lake.Requests.Add(request);
            lake.OnPrepare(request);
            return ValueTask.FromResult<IPreparedQuery>(new Query(lake));
        }

        public ValueTask DisposeAsync()
        {
            lake.OpenSessions--;
            return default;
        }
    }

    private sealed class Query(FakeLake lake) : IPreparedQuery
    {
        public Schema Schema => lake.Schema;

        public ValueTask<IQueryResult> ExecuteAsync(CancellationToken cancellationToken)
        {
            lake.OpenResults++;
            return ValueTask.FromResult<IQueryResult>(new Result(lake));
        }
    }

    private sealed class Result(FakeLake lake) : IQueryResult
    {
        private int _next;
        private bool _disposed;

        public MicromegasStatistics Statistics => new() { RowsReturned = _next };

        public long RecordsAffected => -1;

        public async ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken)
        {
            await lake.BeforeBatch(cancellationToken);
            return _next < lake.Batches.Count ? lake.Batches[_next++] : null;
        }

        public ValueTask DisposeAsync()
        {
            lake.OpenResults -= _disposed ? 0 : 1;
            _disposed = true;
            return default;
        }
    }
}
