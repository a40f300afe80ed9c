using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>
/// The running state of one aggregate call for many groups, numbered from 0. One instance serves one worker; workers are merged at the end
/// through <see cref="ExportState"/> and <see cref="ImportState"/>, which also carry state to spill files and back.
/// </summary>
public abstract unsafe class Accumulator : IDisposable
{
    /// <summary>Makes room for groups 0 to <paramref name="groupCount"/> - 1; new groups are empty.</summary>
    public abstract void Resize(int groupCount);

    /// <summary>Adds rows. <paramref name="groups"/> holds one group a <em>row of the batch</em> (indexed by row number, defined for selected rows).</summary>
    /// <param name="arguments">One vector an argument, each of <paramref name="rowCount"/> rows; none for <c>count(*)</c>.</param>
    /// <param name="groups">Group of each row.</param>
    /// <param name="selection">The rows that count, all when null.</param>
    /// <param name="rowCount">Rows of the batch.</param>
    public abstract void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount);

    /// <summary>Adds rows to group 0: what an aggregate without GROUP BY does.</summary>
    public abstract void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount);

    /// <summary>
    /// Adds all rows of a batch whose groups come in runs: <see cref="DictionaryRun.Code"/> is the group of the rows up to <see cref="DictionaryRun.End"/>.
    /// False when the accumulator wants a group a row instead; then nothing was added.
    /// </summary>
    public virtual bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount) => false;

    /// <summary>Adds rows each of which stands for several equal ones. Where duplicates do not matter, that is the same as adding the rows.</summary>
    /// <param name="arguments">One vector an argument.</param>
    /// <param name="groups">Group of each row; null for group 0.</param>
    /// <param name="selection">The rows that count, all when null.</param>
    /// <param name="rowCount">Rows of the batch.</param>
    /// <param name="times">For each row how many it stands for.</param>
    internal virtual void UpdateCounted(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount, long* times)
    {
        if (groups == null)
        {
            UpdateSingle(arguments, selection, rowCount);
        }
        else
        {
            Update(arguments, groups, selection, rowCount);
        }
    }

    /// <summary>Types of the columns that carry a group's state.</summary>
    public abstract IReadOnlyList<DataType> StateTypes { get; }

    /// <summary>The state of groups <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> - 1, one row a group; the caller owns the vectors.</summary>
    public abstract Vector[] ExportState(int start, int count);

    /// <summary>Merges exported state: row i goes to group <c>groups[i]</c>.</summary>
    public abstract void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount);

    /// <summary>The results of a range of groups; the caller owns the vector.</summary>
    public abstract Vector Finish(int start, int count);

    /// <summary>Bytes that the state holds (native and managed, estimated where it must be).</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Bytes of memory that adding so many rows asks for at once, beyond what a further group takes: where the state of one group may be large.</summary>
    internal virtual long GrowthBytes(int rows) => 0;

    /// <summary>Whether merging state into a group that is there asks for no memory.</summary>
    internal virtual bool IsFixedSize => false;

    /// <summary>Whether the state of one group may be large, is exported piece by piece, and results can be found in passes over it.</summary>
    internal virtual bool HasPasses => false;

    /// <summary>Bytes of a group's state, where it may be large.</summary>
    internal virtual long StateBytes(int group) => 0;

    /// <summary>A piece of a group's state, of about so many bytes; pieces may be imported in any order. Where state is never large, the first piece is all of it.</summary>
    internal virtual Vector[] ExportPiece(int group, int piece, long bytes) => ExportState(group, 1);

    /// <summary>From now on state is imported again and again, and not kept: memory has no room for it.</summary>
    /// <param name="groups">Groups, about.</param>
    /// <param name="bytes">Bytes that may be held for all groups.</param>
    internal virtual void BeginPasses(int groups, long bytes)
    {
    }

    /// <summary>All state was imported. Gives whether it must be once more.</summary>
    internal virtual bool EndPass() => false;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
