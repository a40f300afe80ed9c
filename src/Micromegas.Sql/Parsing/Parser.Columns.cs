using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Columns and constraints of CREATE TABLE.</summary>
internal sealed partial class Parser
{
    private (SyntaxList<ColumnDefinition> Columns, SyntaxList<TableConstraint> Constraints) ParseColumnDefinitions()
    {
        Expect(TokenKind.LeftParen, "'('");
        var columns = new ListBuilder<ColumnDefinition>();
        var constraints = new ListBuilder<TableConstraint>();
        while (!At(TokenKind.RightParen))
        {
            if (AtTableConstraint())
                constraints.Add(ParseConstraint(false));
            else
                columns.Add(ParseColumnDefinition());
            if (!Accept(TokenKind.Comma))
                break;
        }

        Expect(TokenKind.RightParen, "',' or ')'");
        return (columns.ToList(), constraints.ToList());
    }

    private bool AtTableConstraint() =>
        At(Keyword.Constraint) || At(Keyword.Primary, Keyword.Key) || At(Keyword.Foreign, Keyword.Key)
        || At(Keyword.Unique, TokenKind.LeftParen) || At(Keyword.Check, TokenKind.LeftParen);

    private ColumnDefinition ParseColumnDefinition()
    {
        var start = _position;
        var name = ParseColumnName();
        var type = AtName && !AtColumnOption() ? ParseType() : null;
        bool? notNull = null;
        Expression? defaultValue = null;
        Expression? generated = null;
        var identity = false;
        var constraints = new ListBuilder<TableConstraint>();
        while (AtColumnOption())
        {
            if (Accept(Keyword.Not))
            {
                Expect(Keyword.Null);
                notNull = true;
            }
            else if (Accept(Keyword.Null))
            {
                notNull = false;
            }
            else if (Accept(Keyword.Default))
            {
                // Above NOT, so that DEFAULT 1 NOT NULL leaves the NOT to the column.
                defaultValue = ParseExpression(Precedence.Not);
            }
            else if (Accept(Keyword.Generated))
            {
                ParseGenerated(ref generated, ref identity);
            }
            else if (AcceptWord("AUTO_INCREMENT") || AcceptWord("AUTOINCREMENT"))
            {
                identity = true;
            }
            else if (Accept(Keyword.Collate))
            {
                ParseQualifiedName("a collation name");
            }
            else
            {
                constraints.Add(ParseConstraint(true));
            }
        }

        return new ColumnDefinition(name, type)
        {
            NotNull = notNull,
            Default = defaultValue,
            Generated = generated,
            Identity = identity,
            Constraints = constraints.ToList(),
            Span = SpanFrom(start),
        };
    }

    private bool AtColumnOption() =>
        Current.Keyword is Keyword.Not or Keyword.Null or Keyword.Default or Keyword.Generated or Keyword.Collate or Keyword.Constraint
            or Keyword.Primary or Keyword.Unique or Keyword.References or Keyword.Check
        || AtWord("AUTO_INCREMENT") || AtWord("AUTOINCREMENT");

    private void ParseGenerated(ref Expression? generated, ref bool identity)
    {
        if (Accept(Keyword.By))
            Expect(Keyword.Default);
        else
            Expect(Keyword.Always);
        Expect(Keyword.As);
        if (Accept(Keyword.Identity))
        {
            identity = true;
            if (At(TokenKind.LeftParen))
                SkipParentheses();
            return;
        }

        Expect(TokenKind.LeftParen, "'('");
        generated = ParseExpression();
        Expect(TokenKind.RightParen, "')'");
        AcceptWord("STORED");
        AcceptWord("VIRTUAL");
    }

    private TableConstraint ParseConstraint(bool onColumn)
    {
        var start = _position;
        var name = Accept(Keyword.Constraint) ? ParseIdentifier("a constraint name") : null;
        var constraint = ParseConstraintBody(onColumn) with { Name = name };
        SkipDeferral();
        return constraint with { Span = SpanFrom(start) };
    }

    private TableConstraint ParseConstraintBody(bool onColumn)
    {
        if (Accept(Keyword.Primary))
        {
            Expect(Keyword.Key);
            if (onColumn && !Accept(Keyword.Asc))
                Accept(Keyword.Desc);
            return new TableConstraint(ConstraintKind.PrimaryKey) { Columns = onColumn ? [] : ParseNameList() };
        }

        if (Accept(Keyword.Unique))
            return new TableConstraint(ConstraintKind.Unique) { Columns = onColumn ? [] : ParseNameList() };
        if (Accept(Keyword.Check))
        {
            Expect(TokenKind.LeftParen, "'('");
            var condition = ParseExpression();
            Expect(TokenKind.RightParen, "')'");
            return new TableConstraint(ConstraintKind.Check) { Check = condition };
        }

        SyntaxList<Identifier> columns = [];
        if (!onColumn)
        {
            Expect(Keyword.Foreign);
            Expect(Keyword.Key);
            columns = ParseNameList();
        }

        Expect(Keyword.References);
        var table = ParseTableName();
        var referenced = ParseOptionalNameList();
        var (onDelete, onUpdate) = (default(string), default(string));
        while (Accept(Keyword.On))
        {
            if (Accept(Keyword.Delete))
                onDelete = ParseReferentialAction();
            else if (Accept(Keyword.Update))
                onUpdate = ParseReferentialAction();
            else
                ThrowExpected("DELETE or UPDATE");
        }

        return new TableConstraint(ConstraintKind.ForeignKey)
        {
            Columns = columns,
            References = table,
            ReferencedColumns = referenced,
            OnDelete = onDelete,
            OnUpdate = onUpdate,
        };
    }

    private string ParseReferentialAction()
    {
        if (Accept(Keyword.Cascade))
            return "CASCADE";
        if (Accept(Keyword.Restrict))
            return "RESTRICT";
        if (Accept(Keyword.No, Keyword.Action))
            return "NO ACTION";
        if (Accept(Keyword.Set))
        {
            if (Accept(Keyword.Null))
                return "SET NULL";
            Expect(Keyword.Default);
            return "SET DEFAULT";
        }

        throw ErrorExpected("CASCADE, RESTRICT, NO ACTION, SET NULL or SET DEFAULT");
    }

    private void SkipDeferral()
    {
        if (!Accept(Keyword.Not, Keyword.Deferrable))
            Accept(Keyword.Deferrable);
        if (Accept(Keyword.Initially) && !Accept(Keyword.Deferred) && !AcceptWord("IMMEDIATE"))
            ThrowExpected("DEFERRED or IMMEDIATE");
    }
}
