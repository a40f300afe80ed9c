using System.Security.Cryptography;
using System.Text;
using Micromegas.Sql.Lexing;

namespace Micromegas.Sql;

/// <summary>Tells statements apart by what they ask, not by the values in them: texts that differ in literals, blanks, comments or case have the same fingerprint.</summary>
public static class SqlFingerprint
{
    private const int Digits = 16;

    /// <summary>
    /// Sixteen hexadecimal digits: the begin of the SHA-256 of the statement's tokens, literals as <c>?</c>, joined by blanks (spec/lakehouse.md §8.7). A text that has
    /// no tokens is taken as it is, with single blanks.
    /// </summary>
    public static string Of(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normalize(sql))))[..Digits];
    }

    private static string Normalize(string sql)
    {
        Token[] tokens;
        try
        {
            tokens = Lexer.Tokenize(sql);
        }
        catch (SqlSyntaxException)
        {
            return string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
        var text = new StringBuilder(sql.Length);
        foreach (var token in tokens)
        {
            if (token.Kind == TokenKind.End)
                break;
            if (text.Length > 0)
                text.Append(' ');
            var spelled = sql.AsSpan(token.Start, token.Length);
            switch (token.Kind)
            {
                case TokenKind.Number or TokenKind.HexNumber or TokenKind.String or TokenKind.EscapeString or TokenKind.NationalString or TokenKind.UnicodeString
                    or TokenKind.BitString or TokenKind.HexString or TokenKind.DollarString:
                    text.Append('?');
                    break;
                case TokenKind.Word:
                    text.Append(spelled.ToString().ToLowerInvariant());
                    break;
                default:
                    text.Append(spelled);
                    break;
            }
        }
        return text.ToString();
    }
}
