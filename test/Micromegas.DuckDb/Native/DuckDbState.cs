namespace Micromegas.DuckDb.Native;

/// <summary>What a call came to.</summary>
internal enum DuckDbState
{
    Success = 0,
    Error = 1,
}
