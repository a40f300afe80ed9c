using Micromegas.Golden.Types;

namespace Micromegas.Golden.Answers;

/// <summary>Name and type of a column of an answer.</summary>
internal sealed record AnswerColumn(string Name, GoldenType Type)
{
    public override string ToString() => $"{Name} {Type}";
}
