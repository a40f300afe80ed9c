namespace Micromegas.Sql.Lexing;

/// <summary>The operators and punctuation marks, longest first.</summary>
internal static class OperatorTable
{
    /// <summary>The operator that the text starts with; length 0 when there is none.</summary>
    public static (TokenKind Kind, int Length) Match(ReadOnlySpan<char> text)
    {
        var (b, c, d) = (Char(text, 1), Char(text, 2), Char(text, 3));
        return text[0] switch
        {
            '(' => (TokenKind.LeftParen, 1),
            ')' => (TokenKind.RightParen, 1),
            '[' => (TokenKind.LeftBracket, 1),
            ']' => (TokenKind.RightBracket, 1),
            '{' => (TokenKind.LeftBrace, 1),
            '}' => (TokenKind.RightBrace, 1),
            ',' => (TokenKind.Comma, 1),
            ';' => (TokenKind.Semicolon, 1),
            '.' => (TokenKind.Dot, 1),
            '+' => (TokenKind.Plus, 1),
            '*' => (TokenKind.Star, 1),
            '%' => (TokenKind.Percent, 1),
            '^' => (TokenKind.Caret, 1),
            ':' => b == ':' ? (TokenKind.DoubleColon, 2) : b == '=' ? (TokenKind.Assign, 2) : (TokenKind.Colon, 1),
            '/' => b == '/' ? (TokenKind.DoubleSlash, 2) : (TokenKind.Slash, 1),
            '-' => b != '>' ? (TokenKind.Minus, 1) : c == '>' ? (TokenKind.LongArrow, 3) : (TokenKind.Arrow, 2),
            '=' => b == '=' ? (TokenKind.Equal, 2) : b == '>' ? (TokenKind.FatArrow, 2) : (TokenKind.Equal, 1),
            '<' => MatchLess(b, c),
            '>' => b == '=' ? (TokenKind.GreaterOrEqual, 2) : b == '>' ? (TokenKind.ShiftRight, 2) : (TokenKind.Greater, 1),
            '|' => b == '|' ? (TokenKind.Concat, 2) : b == '>' ? (TokenKind.PipeArrow, 2) : (TokenKind.Pipe, 1),
            '&' => b == '&' ? (TokenKind.DoubleAmpersand, 2) : (TokenKind.Ampersand, 1),
            '~' => MatchTilde(b, c),
            '!' => MatchBang(b, c, d),
            '#' => b != '>' ? (TokenKind.End, 0) : c == '>' ? (TokenKind.HashLongArrow, 3) : (TokenKind.HashArrow, 2),
            '@' => b == '>' ? (TokenKind.AtArrow, 2) : b == '?' ? (TokenKind.AtQuestion, 2) : b == '@' ? (TokenKind.AtAt, 2) : (TokenKind.End, 0),
            '?' => MatchQuestion(b, c),
            _ => (TokenKind.End, 0),
        };
    }

    private static char Char(ReadOnlySpan<char> text, int index) => index < text.Length ? text[index] : '\0';

    // 'a<@b' compares with the parameter @b; the operator <@ needs a blank, bracket or parenthesis behind it.
    private static (TokenKind Kind, int Length) MatchLess(char b, char c) => b switch
    {
        '=' => c == '>' ? (TokenKind.Spaceship, 3) : (TokenKind.LessOrEqual, 2),
        '>' => (TokenKind.NotEqual, 2),
        '<' => (TokenKind.ShiftLeft, 2),
        '@' when !char.IsLetter(c) && c != '_' => (TokenKind.ArrowAt, 2),
        _ => (TokenKind.Less, 1),
    };

    private static (TokenKind Kind, int Length) MatchTilde(char b, char c) => b switch
    {
        '*' => (TokenKind.TildeStar, 2),
        '~' => c == '*' ? (TokenKind.DoubleTildeStar, 3) : (TokenKind.DoubleTilde, 2),
        _ => (TokenKind.Tilde, 1),
    };

    private static (TokenKind Kind, int Length) MatchBang(char b, char c, char d) => (b, c, d) switch
    {
        ('=', _, _) => (TokenKind.NotEqual, 2),
        ('~', '~', '*') => (TokenKind.NotDoubleTildeStar, 4),
        ('~', '~', _) => (TokenKind.NotDoubleTilde, 3),
        ('~', '*', _) => (TokenKind.NotTildeStar, 3),
        ('~', _, _) => (TokenKind.NotTilde, 2),
        _ => (TokenKind.End, 0),
    };

    // '?||x' is a placeholder and a concatenation.
    private static (TokenKind Kind, int Length) MatchQuestion(char b, char c) => (b, c) switch
    {
        ('|', not '|' and not '>') => (TokenKind.QuestionPipe, 2),
        ('&', not '&') => (TokenKind.QuestionAmpersand, 2),
        _ => (TokenKind.QuestionMark, 1),
    };
}
