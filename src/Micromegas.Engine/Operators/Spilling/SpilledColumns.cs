using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Spilling;

/// <summary>
/// The vectors into which one reader takes batches of temporary files, one batch at a time. Only their memory comes and goes: a large join reads so many
/// batches that vectors of their own would fill a tenth of a small limit before the garbage collector looks at them.
/// </summary>
/// <param name="schema">The columns.</param>
internal sealed class SpilledColumns(Schema schema) : IDisposable
{
    private readonly DataType[] types = [.. schema.Fields.Select(static field => field.Type)];
    private readonly Vector?[] columns = new Vector?[schema.Count];

    /// <summary>The columns.</summary>
    public Schema Schema => schema;

    /// <summary>Reads a batch; it is valid until the next one is read or the memory is freed.</summary>
    public Vector[] Read(SpillFile file, SpilledBatch place)
    {
        Free();
        file.Read(place, types, columns);
        return columns!;
    }

    /// <summary>Gives the memory back; the next batch brings its own.</summary>
    public void Free()
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i]?.Dispose();
            // The parts of nested vectors are theirs and go with them.
            if (columns[i] is ListVector or StructVector)
            {
                columns[i] = null;
            }
        }
    }

    public void Dispose() => Free();
}
