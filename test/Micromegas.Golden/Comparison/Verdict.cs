namespace Micromegas.Golden.Comparison;

/// <summary>How our answer stands to the recorded one.</summary>
internal enum Verdict
{
    /// <summary>As the rules of the file say.</summary>
    Same,

    /// <summary>Refused as recorded, with another class among bind, unsupported and data.</summary>
    RefusedOtherwise,

    /// <summary>Upstream refuses the statement and we answer it.</summary>
    Answered,

    /// <summary>Another answer, or a typed error instead of one.</summary>
    Different,

    /// <summary>An exception that nothing a statement or a lake holds may cause; no list excuses it.</summary>
    Broken,
}
