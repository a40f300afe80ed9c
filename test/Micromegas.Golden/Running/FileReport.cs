namespace Micromegas.Golden.Running;

/// <summary>What one answer file came to.</summary>
/// <param name="File">The answer file.</param>
/// <param name="Run">The name under which floors keep it: file and catalogue state.</param>
internal sealed record FileReport(string File, string Run, GoldenReport Report);
