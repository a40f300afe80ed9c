namespace Micromegas.Engine.Plans.Logical;

/// <summary>What the kinds of joins do with rows of one side: what may be asked of that side before the join.</summary>
internal static class JoinSides
{
    /// <summary>Whether every left row gives one row at least, and no right row is there without one: the first rows of the result come from the first left rows.</summary>
    public static bool PreservesLeft(this JoinKind kind) => kind is JoinKind.Left or JoinKind.LeftMark or JoinKind.LeftSingle;

    /// <summary>The same of right rows.</summary>
    public static bool PreservesRight(this JoinKind kind) => kind is JoinKind.Right;

    /// <summary>Whether dropping left rows drops their rows of the result and changes nothing else.</summary>
    public static bool MayFilterLeft(this JoinKind kind) => kind is not (JoinKind.Right or JoinKind.Full);

    /// <summary>The same of right rows.</summary>
    public static bool MayFilterRight(this JoinKind kind) => kind is JoinKind.Inner or JoinKind.Right;

    /// <summary>Whether a left row without a match is in no row of the result.</summary>
    public static bool NeedsMatch(this JoinKind kind) => kind is JoinKind.Inner or JoinKind.LeftSemi or JoinKind.Right;
}
