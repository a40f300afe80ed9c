using Micromegas.Columnar;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>Rows that an iteration found: a batch in memory, or one in a temporary file that is read whenever somebody looks at it.</summary>
internal sealed class FoundRows
{
    private readonly SpillFile? file;
    private readonly SpilledBatch place;
    private readonly Schema schema;
    private Batch? rows;

    public FoundRows(Batch rows)
    {
        this.rows = rows;
        schema = rows.Schema;
    }

    public FoundRows(Schema schema, SpillFile file, SpilledBatch place)
    {
        this.schema = schema;
        this.file = file;
        this.place = place;
    }

    /// <summary>Bytes in memory.</summary>
    public long Bytes => rows?.OwnedBytes ?? 0;

    /// <summary>The rows, until <see cref="Close"/>.</summary>
    public Batch Open() =>
        rows ?? new Batch(schema, file!.Read(place, [.. schema.Fields.Select(static field => field.Type)])) { RowCount = place.Rows };

    /// <summary>A batch that was opened is not looked at any more.</summary>
    public void Close(Batch opened)
    {
        if (!ReferenceEquals(opened, rows))
        {
            opened.DisposeColumns();
        }
    }

    /// <summary>Nobody opens the rows any more.</summary>
    public void Free()
    {
        rows?.DisposeColumns();
        rows = null;
    }
}
