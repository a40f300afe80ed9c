namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// Watches how often rows repeat the keys of those before, to tell whether a table is the way to group them: from some number of groups on, and then whenever there are
/// twice as many, if a fourth of the rows since the last time began a group.
/// </summary>
/// <param name="groups">The groups from which on the question arises.</param>
internal struct RepeatWatch(int groups)
{
    /// <summary>Where rows begin fewer groups, most look-ups find what they look for, often in a cache, and rows would take more memory than groups.</summary>
    private const int RowsPerGroup = 4;

    private int threshold = groups;
    private int lastGroups;
    private long rows;

    /// <summary>Whether rows hardly repeat; asked after every batch.</summary>
    /// <param name="groupCount">Groups so far.</param>
    /// <param name="rowCount">Rows of the batch.</param>
    public bool Asks(int groupCount, int rowCount)
    {
        rows += rowCount;
        if (groupCount < threshold)
        {
            return false;
        }
        var repeats = (long)(groupCount - lastGroups) * RowsPerGroup < rows;
        threshold = (int)Math.Min(int.MaxValue, groupCount * 2L);
        lastGroups = groupCount;
        rows = 0;
        return !repeats;
    }
}
