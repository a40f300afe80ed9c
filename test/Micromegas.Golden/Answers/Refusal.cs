namespace Micromegas.Golden.Answers;

/// <summary>Why upstream, or we, refuse a statement.</summary>
internal enum Refusal
{
    /// <summary>The text does not parse.</summary>
    Syntax,

    /// <summary>An unknown name or wrong argument types.</summary>
    Bind,

    /// <summary>A feature that is not there.</summary>
    Unsupported,

    /// <summary>Values that the statement cannot be carried out on.</summary>
    Data,
}
