using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>
/// A recursive-descent parser, one method per clause, with precedence climbing for expressions. This part walks over the tokens.
/// It never goes back: where two readings are possible it looks ahead, or turns what it has read into the other node.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>Levels of parentheses, calls, subqueries and prefix operators. Upstream allows 50.</summary>
    public const int MaximumNesting = 200;

    /// <summary>Joins in one FROM item.</summary>
    public const int MaximumJoins = 1000;

    private readonly string _text;
    private readonly Token[] _tokens;
    private int _position;
    private int _nesting;
    private int _wraps;
    private int _anonymousParameters;
    private int _highestParameter;

    public Parser(string text)
    {
        _text = text;
        _tokens = Lexer.Tokenize(text);
    }

    private ref readonly Token Current => ref _tokens[_position];

    public bool AtEnd => Current.Kind == TokenKind.End;

    private ref readonly Token Peek(int offset) => ref _tokens[Math.Min(_position + offset, _tokens.Length - 1)];

    private bool At(TokenKind kind) => Current.Kind == kind;

    private bool At(Keyword keyword) => Current.Keyword == keyword;

    private bool At(Keyword first, Keyword second) => Current.Keyword == first && Peek(1).Keyword == second;

    private bool At(Keyword first, TokenKind second) => Current.Keyword == first && Peek(1).Kind == second;

    /// <summary>Whether the current word is the given one; for words too rare to be keywords.</summary>
    private bool AtWord(string word) => IsWord(Current, word);

    private bool IsWord(in Token token, string word) =>
        token.Kind == TokenKind.Word && TextOf(token).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Accept(TokenKind kind)
    {
        if (!At(kind))
            return false;
        _position++;
        return true;
    }

    private bool Accept(Keyword keyword)
    {
        if (!At(keyword))
            return false;
        _position++;
        return true;
    }

    private bool Accept(Keyword first, Keyword second)
    {
        if (!At(first, second))
            return false;
        _position += 2;
        return true;
    }

    private bool AcceptWord(string word)
    {
        if (!AtWord(word))
            return false;
        _position++;
        return true;
    }

    private void Expect(TokenKind kind, string expected)
    {
        if (!Accept(kind))
            ThrowExpected(expected);
    }

    private void Expect(Keyword keyword)
    {
        if (!Accept(keyword))
            ThrowExpected(KeywordTable.Spell(keyword));
    }

    private void Expect(Keyword first, Keyword second)
    {
        Expect(first);
        Expect(second);
    }

    public void ExpectEnd(string expected)
    {
        if (!AtEnd)
            ThrowExpected(expected);
    }

    private ReadOnlySpan<char> TextOf(in Token token) => _text.AsSpan(token.Start, token.Length);

    /// <summary>The current token's text in upper case; moves on.</summary>
    private string TakeUpper()
    {
        var text = TextOf(Current).ToString().ToUpperInvariant();
        _position++;
        return text;
    }

    /// <summary>From the start of a token to the end of the last one read.</summary>
    private SourceSpan SpanFrom(int firstToken)
    {
        var start = _tokens[firstToken].Start;
        return new SourceSpan(start, Math.Max(_tokens[Math.Max(_position - 1, firstToken)].End - start, 0));
    }

    /// <summary>The text from the start of a token to the end of the last one read.</summary>
    private string TextFrom(int firstToken)
    {
        var span = SpanFrom(firstToken);
        return _text.Substring(span.Start, span.Length);
    }

    [DoesNotReturn]
    private void ThrowExpected(string expected) => throw ErrorExpected(expected);

    private SqlSyntaxException ErrorExpected(string expected)
    {
        var hint = At(TokenKind.Word) && expected.EndsWith("name", StringComparison.Ordinal) || expected == "an expression" && At(TokenKind.Word)
            ? " (a reserved word: quote it to use it as a name)"
            : "";
        return Throw.SyntaxError(_text, Current.Start, $"Expected {expected}, found {Describe(Current)}{hint}");
    }

    private string Describe(in Token token)
    {
        const int Shown = 40;
        if (token.Kind == TokenKind.End)
            return "the end of the text";
        var text = TextOf(token);
        return text.Length <= Shown ? $"'{text}'" : $"'{text[..Shown]}…'";
    }

    /// <summary>Goes one level deeper; a statement may not exhaust the stack of whoever parses or walks it.</summary>
    private void Enter()
    {
        if (++_nesting > MaximumNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            Throw.Syntax(_text, Current.Start, $"Nested too deeply (more than {MaximumNesting} levels)");
    }

    private void Leave() => _nesting--;
}
