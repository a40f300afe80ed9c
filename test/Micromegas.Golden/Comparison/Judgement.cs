namespace Micromegas.Golden.Comparison;

/// <summary>A verdict with the first difference in words.</summary>
internal sealed record Judgement(Verdict Verdict, string? Difference = null)
{
    public static Judgement Same { get; } = new(Verdict.Same);

    public static Judgement Different(string difference) => new(Verdict.Different, difference);
}
