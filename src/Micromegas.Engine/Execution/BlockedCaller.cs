namespace Micromegas.Engine.Execution;

/// <summary>
/// Says that the calling thread will block until what it calls has ended. Such a thread computes for its statement instead of waiting for workers to do it:
/// it takes the place of a worker that sleeps, so that no more threads compute than the pool has, and short statements need no hand-over to a worker and back.
/// </summary>
public static class BlockedCaller
{
    [ThreadStatic]
    private static bool isHere;

    /// <summary>Whether the current thread will block.</summary>
    public static bool IsHere => isHere;

    /// <summary>Says so, or no longer; gives what was said before, which the caller says again in the end.</summary>
    /// <param name="blocks">Whether the thread will block.</param>
    public static bool Say(bool blocks)
    {
        var before = isHere;
        isHere = blocks;
        return before;
    }
}
