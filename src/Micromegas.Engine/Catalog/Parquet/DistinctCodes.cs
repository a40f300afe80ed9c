using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Which values of a row group's dictionary a scan has delivered already, for one that is asked for distinct values only.</summary>
internal sealed unsafe class DistinctCodes
{
    private bool[] seen = [];
    private int seenCount;
    private Vector? dictionary;

    /// <summary>Whether every value of the dictionary has been delivered.</summary>
    public bool IsComplete => dictionary is not null && seenCount == dictionary.Length;

    /// <summary>Whether the rows hold a value that was not delivered before, or may hold one; they count as delivered from now on.</summary>
    public bool HasNews(Vector column)
    {
        if (column is not DictionaryVector vector || vector.Validity != null)
        {
            return true;
        }
        if (!ReferenceEquals(vector.Values, dictionary))
        {
            dictionary = vector.Values;
            seenCount = 0;
            if (seen.Length < dictionary.Length)
            {
                seen = new bool[dictionary.Length];
            }
            Array.Clear(seen);
        }
        var before = seenCount;
        var runs = vector.Runs;
        if (runs.Length > 0)
        {
            foreach (var run in runs)
            {
                See(run.Code);
            }
            return seenCount > before;
        }
        var codes = vector.Codes;
        for (var row = 0; row < vector.Length; row++)
        {
            See(codes[row]);
        }
        return seenCount > before;
    }

    private void See(int code)
    {
        seenCount += seen[code] ? 0 : 1;
        seen[code] = true;
    }
}
