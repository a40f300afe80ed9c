using Micromegas.Golden.Comparison;

namespace Micromegas.Golden.Running;

/// <summary>A statement that we answer otherwise than upstream, on purpose or for now, with the reason.</summary>
/// <param name="Superset">Upstream refuses it and our answer is wanted; false for every other deviation.</param>
/// <param name="Catalogs">The catalogue states for which it holds; empty for all.</param>
internal sealed record Deviation(string Id, bool Superset, string Reason, IReadOnlyList<string> Catalogs)
{
    /// <summary>Whether the entry excuses this verdict. A superset excuses nothing but an answer where a refusal is recorded.</summary>
    public bool Excuses(Verdict verdict) => Superset ? verdict == Verdict.Answered : verdict is Verdict.Different or Verdict.Answered;
}
