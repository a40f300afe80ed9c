namespace Micromegas.Sql.Lexing;

/// <summary>A token: where it stands and what it is. Literals are decoded by the parser when they are used.</summary>
internal readonly struct Token(TokenKind kind, Keyword keyword, int start, int length)
{
    public readonly int Start = start;
    public readonly int Length = length;
    public readonly TokenKind Kind = kind;
    public readonly Keyword Keyword = keyword;

    public int End => Start + Length;
}

internal enum TokenKind : byte
{
    End,
    Word,
    QuotedName,
    Number,
    HexNumber,
    String,
    EscapeString,
    NationalString,
    UnicodeString,
    BitString,
    HexString,
    DollarString,
    Parameter,
    QuestionMark,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Semicolon,
    Dot,
    Colon,
    DoubleColon,
    Assign,
    FatArrow,
    Plus,
    Minus,
    Star,
    Slash,
    DoubleSlash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Spaceship,
    ShiftLeft,
    ShiftRight,
    Concat,
    Pipe,
    PipeArrow,
    Ampersand,
    DoubleAmpersand,
    Caret,
    Tilde,
    TildeStar,
    DoubleTilde,
    DoubleTildeStar,
    NotTilde,
    NotTildeStar,
    NotDoubleTilde,
    NotDoubleTildeStar,
    Arrow,
    LongArrow,
    HashArrow,
    HashLongArrow,
    AtArrow,
    ArrowAt,
    AtQuestion,
    AtAt,
    QuestionPipe,
    QuestionAmpersand,
}
