namespace Micromegas.Telemetry;

/// <summary>Where in a program a span is: the scope of the rows that it gives.</summary>
/// <param name="Name">What the span is called.</param>
/// <param name="Target">The part of the program, such as a module's name.</param>
/// <param name="File">Source file.</param>
/// <param name="Line">Line in the file.</param>
public readonly record struct SpanSite(string Name, string Target, string File, int Line);
