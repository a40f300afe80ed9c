namespace Micromegas.Telemetry;

/// <summary>What a reader made of the dependencies of a block so far, by number of the dependency.</summary>
/// <typeparam name="T">Its default stands for a dependency that nothing was made of yet.</typeparam>
internal struct DependencyMap<T>
    where T : struct
{
    private T[]? values;

    /// <summary>What was made of a dependency.</summary>
    public readonly ref T this[int dependency] => ref values![dependency];

    /// <summary>Forgets all, for a block of <paramref name="count"/> dependencies.</summary>
    public void Reset(int count)
    {
        if (values is null || values.Length < count)
        {
            values = new T[count * 2];
        }
        else
        {
            Array.Clear(values, 0, count);
        }
    }
}
