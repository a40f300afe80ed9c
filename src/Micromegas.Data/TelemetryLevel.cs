namespace Micromegas.Data;

/// <summary>The level of a log line; the numbers are those of column <c>level</c> (spec/sql.md §0.3): the smaller, the more severe.</summary>
public enum TelemetryLevel
{
    /// <summary>The program cannot go on.</summary>
    Fatal = 1,

    /// <summary>Something failed.</summary>
    Error = 2,

    /// <summary>Something is suspicious.</summary>
    Warn = 3,

    /// <summary>What the program does.</summary>
    Info = 4,

    /// <summary>Details for those who debug.</summary>
    Debug = 5,

    /// <summary>Every step.</summary>
    Trace = 6,
}
