using System.Data.Common;
using Micromegas.Golden.Answers;

namespace Micromegas.Conformance.Golden;

/// <summary>A typed refusal such as the provider throws.</summary>
internal sealed class RecordedRefusal(string state) : DbException($"refused with {state}")
{
    public RecordedRefusal(Refusal refusal)
        : this(refusal switch
        {
            Refusal.Syntax => "42601",
            Refusal.Bind => "42703",
            Refusal.Unsupported => "0A000",
            _ => "22012",
        })
    {
    }

    public override string SqlState => state;
}
