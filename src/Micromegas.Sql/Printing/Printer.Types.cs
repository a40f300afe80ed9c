using System.Globalization;
using System.Text;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Type names.</summary>
internal sealed partial class Printer
{
    private void PrintType(SqlTypeName type)
    {
        switch (type)
        {
            case SimpleTypeName simple:
                PrintSimpleType(simple);
                break;
            case ArrayTypeName array:
                if (array.Element is null)
                {
                    Write("ARRAY");
                    break;
                }

                PrintType(array.Element);
                Write($"[{array.Size?.ToString(CultureInfo.InvariantCulture)}]");
                break;
            case StructTypeName structure:
                Write("STRUCT<");
                PrintList(structure.Fields, PrintStructTypeField);
                Write(">");
                break;
            case MapTypeName map:
                Write("MAP<");
                PrintType(map.Key);
                Write(", ");
                PrintType(map.Value);
                Write(">");
                break;
        }
    }

    private void PrintSimpleType(SimpleTypeName type)
    {
        PrintTypeName(type.Name);
        if (!type.Arguments.IsEmpty)
        {
            Write("(");
            PrintList(type.Arguments, a => Write(a.ToString(CultureInfo.InvariantCulture)));
            Write(")");
        }

        WriteIf(type.TimeZone == TimeZoneSuffix.With, " WITH TIME ZONE");
        WriteIf(type.TimeZone == TimeZoneSuffix.Without, " WITHOUT TIME ZONE");
        WriteIf(type.Unsigned, " UNSIGNED");
    }

    private void PrintTypeName(string name)
    {
        if (name is "DOUBLE PRECISION" or "CHARACTER VARYING" or "CHAR VARYING")
        {
            Write(name);
            return;
        }

        Write(string.Join('.', name.Split('.').Select(PrintedTypePart)));
    }

    /// <summary>Unquoted parts are kept in upper case; all others, and words with a meaning of their own, need quotes.</summary>
    private static string PrintedTypePart(string part)
    {
        var keyword = KeywordTable.Find(part);
        var plain = Ascii.IsValid(part) && !part.AsSpan().ContainsAnyInRange('a', 'z') && Lexer.IsName(part.ToLowerInvariant())
            && !ReservedWords.InExpression(keyword) && keyword is not (Keyword.Array or Keyword.Map or Keyword.Struct);
        return plain ? part : SqlPrinter.QuoteIdentifier(part);
    }

    private void PrintStructTypeField(StructTypeField field)
    {
        if (field.Name is not null)
        {
            Print(field.Name);
            Write(" ");
        }

        PrintType(field.Type);
    }
}
