using Micromegas.Engine.Binding;
using Micromegas.Engine.Expressions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Statements;

/// <summary>A statement that PREPARE has kept.</summary>
/// <param name="Sql">The text that it was parsed from.</param>
/// <param name="Syntax">The PREPARE.</param>
internal sealed record PreparedStatement(string Sql, PrepareStatement Syntax);

/// <summary>PREPARE, EXECUTE and DEALLOCATE (spec/sql.md §5.1): statements are kept by name for their connection, and bound with their values at each EXECUTE.</summary>
internal static class PreparedStatements
{
    public static StatementAction Bind(PrepareStatement prepare, string sql, SessionSettings? session, BindingError errors)
    {
        if (prepare.Statement is not (QueryStatement or InsertStatement or UpdateStatement or DeleteStatement))
        {
            throw errors.Unsupported(prepare.Statement, $"PREPARE of {StatementNames.Of(prepare.Statement)}", "Prepare a query, INSERT, UPDATE or DELETE.");
        }
        foreach (var type in prepare.Types)
        {
            SqlTypes.Resolve(type, errors);
        }
        var name = prepare.Name.Value;
        if (session?.Prepared.ContainsKey(name) ?? false)
        {
            throw Duplicate();
        }
        return StatementAction.Of(() =>
        {
            if (session is not null && !session.Prepared.TryAdd(name, new PreparedStatement(sql, prepare)))
            {
                throw Duplicate();
            }
        });

        EngineException Duplicate() => errors.At(
            prepare, SqlState.DuplicatePreparedStatement, $"A prepared statement is called '{name}' already.", $"DEALLOCATE {name} forgets it.");
    }

    public static StatementAction Bind(DeallocateStatement deallocate, SessionSettings? session, BindingError errors)
    {
        if (deallocate.Name is null)
        {
            return StatementAction.Of(() => session?.Prepared.Clear());
        }
        Find(deallocate.Name, session, errors);
        return StatementAction.Of(() => session!.Prepared.TryRemove(deallocate.Name.Value, out _));
    }

    /// <summary>The statement that EXECUTE names, with the values of its parameters.</summary>
    public static (PreparedStatement Prepared, StatementParameters Values) Resolve(
        ExecuteStatement execute, SessionSettings? session, ExpressionBinder binder, BindingError errors)
    {
        var prepared = Find(execute.Name, session, errors);
        var wanted = Math.Max(prepared.Syntax.ParameterCount, prepared.Syntax.Types.Count);
        if (execute.Arguments.Count != wanted)
        {
            throw errors.At(execute, SqlState.SyntaxError,
                $"Prepared statement '{execute.Name.Value}' expects {wanted} parameters, but {execute.Arguments.Count} provided.", "Give a value for each of them in parentheses.");
        }
        var values = new StatementParameters();
        for (var i = 0; i < wanted; i++)
        {
            var argument = execute.Arguments[i];
            var bound = binder.Bind(argument);
            if (i < prepared.Syntax.Types.Count)
            {
                bound = binder.Cast(bound, SqlTypes.Resolve(prepared.Syntax.Types[i], errors), node: argument);
            }
            values.Add(null, bound is BoundLiteral { Value: var value }
                ? value
                : throw errors.At(argument, SqlState.InvalidParameterValue, "The arguments of EXECUTE must be constants.", "Such as 1, 'text' or a parameter."));
        }
        return (prepared, values);
    }

    private static PreparedStatement Find(Identifier name, SessionSettings? session, BindingError errors) =>
        session?.Prepared.GetValueOrDefault(name.Value)
            ?? throw errors.At(
                name, SqlState.UndefinedPreparedStatement, $"Prepared statement '{name.Value}' does not exist.",
                BindingError.Nearest(name.Value, session?.Prepared.Keys ?? [], $"PREPARE {name.Value} AS … makes it, for this connection."));
}
