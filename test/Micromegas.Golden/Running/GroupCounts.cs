namespace Micromegas.Golden.Running;

/// <summary>How many statements of a group came out how.</summary>
internal readonly record struct GroupCounts(int Passed, int Superset, int Listed, int Failed)
{
    public int Total => Passed + Superset + Listed + Failed;

    public static GroupCounts Of(IEnumerable<CheckedAnswer> answers)
    {
        var counts = new int[4];
        foreach (var answer in answers)
        {
            counts[(int)answer.Outcome]++;
        }

        return new(counts[(int)Outcome.Passed], counts[(int)Outcome.Superset], counts[(int)Outcome.Listed], counts[(int)Outcome.Failed]);
    }
}
