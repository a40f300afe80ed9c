using System.Text;

namespace Micromegas.Columnar;

/// <summary>A named, typed column, struct member or list item.</summary>
public sealed record Field(string Name, DataType Type, bool Nullable = true)
{
    public override string ToString()
    {
        var text = new StringBuilder().Append(Name).Append(": ");
        PrintType(text);
        return text.ToString();
    }

    internal void PrintType(StringBuilder text)
    {
        if (!Nullable)
        {
            text.Append("non-null ");
        }
        Type.Print(text);
    }
}
