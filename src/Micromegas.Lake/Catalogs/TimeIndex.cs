namespace Micromegas.Lake.Catalogs;

/// <summary>
/// Finds among many time ranges those that touch one, without looking at all: they are sorted by their begin, and beside each stands the latest end of those before
/// it, so that the search ends where nothing earlier reaches far enough. Immutable.
/// </summary>
internal sealed class TimeIndex
{
    private readonly long[] _begins;
    private readonly long[] _latestEnds;
    private readonly int[] _positions;

    /// <param name="ranges">The ranges; absent ones are never found.</param>
    public TimeIndex(IEnumerable<LakeTimeRange?> ranges)
    {
        (LakeTimeRange Range, int Position)[] sorted = ranges
            .Select((range, position) => (Range: range, Position: position))
            .Where(entry => entry.Range is not null)
            .Select(entry => (entry.Range!.Value, entry.Position))
            .OrderBy(entry => entry.Value.Begin)
            .ToArray();
        _begins = Array.ConvertAll(sorted, entry => entry.Range.Begin);
        _positions = Array.ConvertAll(sorted, entry => entry.Position);
        _latestEnds = new long[sorted.Length];
        long latest = long.MinValue;
        for (int i = 0; i < sorted.Length; i++)
        {
            latest = Math.Max(latest, sorted[i].Range.End);
            _latestEnds[i] = latest;
        }
    }

    /// <summary>Positions of ranges, ascending: all that touch the wanted one (ends inclusive), and some that end before it.</summary>
    public int[] Find(LakeTimeRange wanted)
    {
        int end = Array.BinarySearch(_begins, wanted.End);
        end = end < 0 ? ~end : end;
        while (end < _begins.Length && _begins[end] == wanted.End)
        {
            end++;
        }
        int first = end;
        while (first > 0 && _latestEnds[first - 1] >= wanted.Begin)
        {
            first--;
        }
        int[] found = _positions[first..end];
        Array.Sort(found);
        return found;
    }
}
