using System.Collections.Concurrent;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Catalogs;
using Micromegas.Storage;

namespace Micromegas.Lake.Tables;

/// <summary><c>get_payload(process, stream, block)</c>: the stored bytes of a block (spec/sql.md §1.7).</summary>
internal sealed class GetPayloadFunction(LakeHost lake) : ScalarFunction("get_payload")
{
    private static readonly string[] s_ids = ["process", "stream", "block"];

    public override Volatility Volatility => Volatility.Stable;

    public override string Usage => "(process_id, stream_id, block_id)";

    public override string Summary => "The bytes of a block as they are stored.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        if (arguments.Count != s_ids.Length || arguments.Types.Any(t => !t.ValueType.IsUtf8 && t.Kind != TypeKind.Null))
        {
            throw new EngineException(SqlState.UndefinedFunction, "get_payload takes a process id, a stream id and a block id as texts");
        }
        return new FunctionSignature([DataType.Utf8, DataType.Utf8, DataType.Utf8], DataType.Binary);
    }

    public override bool IsAsync => true;

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new Expression(lake, arguments, context);

    private sealed class Expression(LakeHost lake, IReadOnlyList<VectorExpression> arguments, QueryContext context) : AsyncVectorExpression(DataType.Binary)
    {
        // Upstream's bound for one query.
        private const int ReadsUnderWay = 10;

        private readonly BinaryVectorBuilder _builder = new(DataType.Binary);
        private readonly ConcurrentDictionary<Guid, bool> _processes = new();
        private readonly MemoryReservation _memory = new(context.Budget, "get_payload");
        private readonly Lock _gate = new();
        private bool _isDisposed;
        private Task<byte[]?[]>? _pending;
        private Vector? _result;

        public override Task PrepareAsync(Batch batch, Selection? selection) => _pending = StartAsync(batch, selection);

        public override Vector Evaluate(Batch batch, Selection? selection)
        {
            Task<byte[]?[]> reading = _pending ?? StartAsync(batch, selection);
            _pending = null;
            foreach (byte[]? payload in reading.GetAwaiter().GetResult())
            {
                if (payload is null)
                {
                    _builder.AppendNull();
                }
                else
                {
                    _builder.Append(payload);
                }
            }
            _result?.Dispose();
            return _result = _builder.Build();
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (VectorExpression argument in arguments)
            {
                argument.Dispose();
            }
            _result?.Dispose();
            _builder.Dispose();
            lock (_gate)
            {
                _isDisposed = true;
                _memory.Dispose();
            }
        }

        /// <summary>Begins to read the payloads of the selected rows.</summary>
        private async Task<byte[]?[]> StartAsync(Batch batch, Selection? selection)
        {
            Vector[] ids = arguments.Select(a => a.Evaluate(batch, selection)).ToArray();
            var keys = new string?[batch.RowCount];
            var processes = new Guid[batch.RowCount];
            for (int i = 0; i < (selection?.Count ?? batch.RowCount); i++)
            {
                int row = selection?.Span[i] ?? i;
                if (Array.TrueForAll(ids, id => !id.IsNull(row)))
                {
                    processes[row] = Id(ids, 0, row);
                    keys[row] = new BlockRecord { ProcessId = processes[row], StreamId = Id(ids, 1, row), BlockId = Id(ids, 2, row) }.ObjectKey;
                }
            }
            lock (_gate)
            {
                _memory.TryResize(0);
            }
            return await ReadAsync(keys, processes).ConfigureAwait(false);
        }

        private static Guid Id(Vector[] ids, int argument, int row)
        {
            Vector plain = ids[argument].Resolve(ref row);
            string text = Encoding.UTF8.GetString(((BinaryVector)plain)[row]);
            return Guid.TryParse(text, out Guid id) ? id : throw SpanArguments.Invalid($"get_payload: '{text}' is not a valid {s_ids[argument]} id");
        }

        private async Task<byte[]?[]> ReadAsync(string?[] keys, Guid[] processes)
        {
            var payloads = new byte[]?[keys.Length];
            var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsUnderWay, CancellationToken = context.CancellationToken };
            await Parallel.ForAsync(
                0,
                keys.Length,
                options,
                async (row, ct) =>
                {
                    if (keys[row] is not { } key)
                    {
                        return;
                    }
                    if (!_processes.TryGetValue(processes[row], out bool exists))
                    {
                        exists = await lake.Catalog.FindProcessAsync(processes[row], ct).ConfigureAwait(false) is not null;
                        _processes[processes[row]] = exists;
                    }
                    if (!exists)
                    {
                        throw SpanArguments.Invalid($"get_payload: process '{processes[row]}' not found or not accessible");
                    }
                    byte[] payload = await lake.Store.ReadAllAsync(key, ct).ConfigureAwait(false);
                    Interlocked.Add(ref context.Statistics.BytesRead, payload.Length);
                    lock (_gate)
                    {
                        // Once as it was read, once in the result; a cancelled statement waits for none of it.
                        ObjectDisposedException.ThrowIf(_isDisposed, this);
                        _memory.Grow(2L * payload.Length);
                    }
                    payloads[row] = payload;
                }).ConfigureAwait(false);
            return payloads;
        }
    }
}
