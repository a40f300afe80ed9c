using System.Runtime.CompilerServices;
using System.Text.Json;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables.Static;

/// <summary>A file of JSON lines or CSV as a table. Its records are read ahead piece by piece; workers make columns of them.</summary>
internal sealed class TextTable : ITable
{
    private const int PieceRecords = 4096;
    private const int PieceCharacters = 1 << 20;

    private readonly StaticFile _file;
    private readonly FileStamp _stamp;

    /// <summary>Of each column of a CSV file, its ordinal in the schema; -1 for one that the schema leaves out.</summary>
    private readonly int[] _header;
    private readonly Dictionary<string, int> _ordinals;

    private TextTable(StaticFile file, FileStamp stamp, Schema schema, IReadOnlyList<string> header)
    {
        _file = file;
        _stamp = stamp;
        Schema = schema;
        _ordinals = schema.Fields.Select((f, i) => (f.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        _header = [.. header.Select(name => _ordinals.GetValueOrDefault(name, -1))];
    }

    public Schema Schema { get; }

    public TableStatistics? Statistics => null;

    /// <summary>Finds the columns: of all records, so that no later one has a value that its column cannot hold.</summary>
    /// <exception cref="EngineException">The file is broken.</exception>
    public static async ValueTask<TextTable> OpenAsync(StaticFile file, FileStamp stamp, CancellationToken ct)
    {
        var names = new List<string>();
        var kinds = new Dictionary<string, TextKind>(StringComparer.Ordinal);
        bool isFirst = true;
        await foreach (TextRecord record in TextRecords.ReadAsync(file, ct).ConfigureAwait(false))
        {
            if (file.Format == StaticFormat.Csv)
            {
                List<TextValue> values = TextValues.OfCsv(record.Text);
                if (isFirst)
                {
                    names.AddRange(values.Select((v, i) => v.Text ?? $"column_{i + 1}"));
                    if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
                    {
                        throw file.Error(SqlState.DuplicateColumn, record.Line, "two columns have one name");
                    }
                    isFirst = false;
                    if (file.Schema is not null)
                    {
                        break;
                    }
                    continue;
                }
                CheckCount(file, record, values.Count, names.Count);
                for (int i = 0; i < values.Count; i++)
                {
                    kinds[names[i]] = TextValues.Combine(kinds.GetValueOrDefault(names[i]), values[i].Kind);
                }
            }
            else if (file.Schema is null)
            {
                foreach ((string name, TextValue value) in Members(file, record))
                {
                    if (!kinds.TryGetValue(name, out TextKind known))
                    {
                        names.Add(name);
                    }
                    kinds[name] = TextValues.Combine(known, value.Kind);
                }
            }
        }
        Schema schema = file.Schema ?? new Schema(names.Select(name => new Field(name, TextValues.TypeOf(kinds.GetValueOrDefault(name)))).ToArray());
        return schema.Count == 0
            ? throw file.Error(SqlState.DataCorrupted, null, "the file has no columns")
            : new TextTable(file, stamp, schema, names);
    }

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult<ScanPlan>(new Scan(this, request));
    }

    private static void CheckCount(StaticFile file, TextRecord record, int count, int columns)
    {
        if (count != columns)
        {
            throw file.Error(SqlState.DataCorrupted, record.Line, $"{count} values for {columns} columns");
        }
    }

    private static List<(string Name, TextValue Value)> Members(StaticFile file, TextRecord record)
    {
        try
        {
            return [.. TextValues.OfJson(record.Text)];
        }
        catch (JsonException e)
        {
            throw file.Error(SqlState.DataCorrupted, record.Line, $"no JSON object: {e.Message}", e);
        }
    }

    /// <summary>The texts of a record by column of the schema.</summary>
    private void Fill(TextRecord record, string?[] texts)
    {
        Array.Clear(texts);
        if (_file.Format == StaticFormat.Csv)
        {
            List<TextValue> values = TextValues.OfCsv(record.Text);
            CheckCount(_file, record, values.Count, _header.Length);
            for (int i = 0; i < values.Count; i++)
            {
                if (_header[i] >= 0)
                {
                    texts[_header[i]] = values[i].Text;
                }
            }
            return;
        }
        foreach ((string name, TextValue value) in Members(_file, record))
        {
            if (_ordinals.TryGetValue(name, out int ordinal))
            {
                texts[ordinal] = value.Text;
            }
        }
    }

    private object? Convert(TextRecord record, int ordinal, string? text)
    {
        Field field = Schema[ordinal];
        if (text is null)
        {
            return field.Nullable ? null : throw _file.Error(SqlState.NotNullViolation, record.Line, $"column '{field.Name}' has no value");
        }
        return TextValues.TryConvert(text, field.Type, out object? value)
            ? value
            : throw _file.Error(SqlState.InvalidTextRepresentation, record.Line, $"column '{field.Name}': '{(text.Length > 40 ? text[..40] + "…" : text)}' is no {field.Type}");
    }

    private sealed class Scan(TextTable table, ScanRequest request) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            CheckUnchanged();
            var records = new List<TextRecord>();
            int characters = 0;
            bool isHeader = table._file.Format == StaticFormat.Csv;
            await foreach (TextRecord record in TextRecords.ReadAsync(table._file, cancellationToken).ConfigureAwait(false))
            {
                if (isHeader)
                {
                    isHeader = false;
                    continue;
                }
                records.Add(record);
                characters += record.Text.Length;
                if (records.Count == PieceRecords || characters > PieceCharacters)
                {
                    yield return new Piece(table, request, records, characters, context);
                    records = [];
                    characters = 0;
                }
            }
            CheckUnchanged();
            if (records.Count > 0)
            {
                yield return new Piece(table, request, records, characters, context);
            }
        }

        private void CheckUnchanged()
        {
            if (FileStamp.Of(table._file) != table._stamp)
            {
                throw table._file.Error(SqlState.SerializationFailure, null, "the file changed under the statement; run it again");
            }
        }
    }

    private sealed class Piece : Morsel
    {
        private readonly TextTable _table;
        private readonly ScanRequest _request;
        private readonly List<TextRecord> _records;
        private readonly MemoryReservation _memory;

        public Piece(TextTable table, ScanRequest request, List<TextRecord> records, long characters, QueryContext context)
        {
            _table = table;
            _request = request;
            _records = records;
            _memory = new MemoryReservation(context.Budget, "records of a static table");
            _memory.Grow(characters * sizeof(char));
        }

        public override long? RowCount => _records.Count;

        public override MorselReader Open(QueryContext context) => new Reader(_table, _request, _records, context.Options.BatchSize);

        public override void Dispose()
        {
            base.Dispose();
            _memory.Dispose();
        }
    }

    private sealed class Reader(TextTable table, ScanRequest request, List<TextRecord> records, int batchSize) : MorselReader
    {
        private readonly Schema _schema = table.Schema.Project([.. request.Projection]);
        private readonly VectorBuilder[] _builders = [.. request.Projection.Select(i => VectorBuilder.Create(table.Schema[i].Type))];
        private readonly string?[] _texts = new string?[table.Schema.Count];
        private Batch? _batch;
        private int _position;

        public override Batch? Next()
        {
            Release();
            int count = Math.Min(batchSize, records.Count - _position);
            if (count == 0)
            {
                return null;
            }
            for (int i = 0; i < count; i++)
            {
                TextRecord record = records[_position++];
                table.Fill(record, _texts);
                for (int c = 0; c < _builders.Length; c++)
                {
                    int ordinal = request.Projection[c];
                    _builders[c].AppendValue(table.Convert(record, ordinal, _texts[ordinal]));
                }
            }
            return _batch = new Batch(_schema, Array.ConvertAll(_builders, b => b.Build())) { RowCount = count };
        }

        public override void Dispose()
        {
            base.Dispose();
            Release();
            foreach (VectorBuilder builder in _builders)
            {
                builder.Dispose();
            }
        }

        private void Release()
        {
            _batch?.DisposeColumns();
            _batch = null;
        }
    }
}
