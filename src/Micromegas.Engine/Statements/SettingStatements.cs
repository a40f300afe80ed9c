using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Statements;

/// <summary>SET, RESET and SHOW of settings (spec/sql.md §6).</summary>
internal static class SettingStatements
{
    public static StatementAction Bind(SetStatement set, SessionSettings? session, BindingError errors)
    {
        var value = set.Values is [DefaultValueExpression] ? null : string.Join(", ", set.Values.Select(value => Text(value, errors)));
        if (SessionSettings.Find(set.Name) is not { } definition)
        {
            // Upstream has many settings of its own engine that mean nothing here; programs that set them go on.
            return set.Name.StartsWith("datafusion.", StringComparison.OrdinalIgnoreCase) ? Nothing : throw Unknown(set, set.Name, errors);
        }
        try
        {
            // Without a session the value is looked at all the same.
            (session is null ? new SessionSettings() : null)?.Set(definition, value);
            return session is null ? Nothing : Change(() => session.Set(definition, value), definition, value);
        }
        catch (EngineException error)
        {
            throw errors.Locate(error, set);
        }
    }

    public static StatementAction Bind(ResetStatement reset, SessionSettings? session, BindingError errors)
    {
        if (reset.Name is null)
        {
            return StatementAction.Of(() => session?.Reset());
        }
        var definition = SessionSettings.Find(reset.Name) ?? throw Unknown(reset, reset.Name, errors);
        return StatementAction.Of(() => session?.Set(definition, null));
    }

    /// <summary>One setting or all: name and value, with VERBOSE a description.</summary>
    public static LogicalPlan Show(ShowVariableStatement show, SessionSettings? session, BindingError errors)
    {
        string[] columns = show.Verbose ? ["name", "value", "description"] : ["name", "value"];
        if (show.Name == "all")
        {
            return Table(columns, Rows(session).Select(row => row[..columns.Length]));
        }
        var definition = SessionSettings.Find(show.Name)
            ?? throw errors.At(
                show, SqlState.UndefinedObject, $"'{show.Name}' is not a variable which can be viewed with 'SHOW'",
                BindingError.Nearest(show.Name, SessionSettings.Names, "SHOW ALL lists the settings."));
        return Table(columns, [Row(definition, session)[..columns.Length]]);
    }

    /// <summary>All settings: name, value, description.</summary>
    public static IEnumerable<object?[]> Rows(SessionSettings? session) => SessionSettings.All.Select(definition => Row(definition, session));

    /// <summary>A table of one row of texts.</summary>
    public static LogicalPlan Row(string[] columns, object?[] row) => Table(columns, [row]);

    private static StatementAction Nothing => StatementAction.Of(static () => { });

    private static StatementAction Change(Action work, SessionSettings.Definition definition, string? value)
    {
        // A wrong value is told when the statement is prepared, not only when it runs.
        new SessionSettings().Set(definition, value);
        return StatementAction.Of(work);
    }

    private static object?[] Row(SessionSettings.Definition definition, SessionSettings? session) =>
        [definition.Name, session is null ? definition.Default : session.Get(definition), definition.Description];

    private static LogicalValues Table(string[] columns, IEnumerable<object?[]> rows) => new(
        [.. columns.Select(static column => new PlanColumn(column, DataType.Utf8))],
        [.. rows.Select(static row => (IReadOnlyList<BoundExpression>)[.. row.Select(static value => new BoundLiteral(new Scalar(DataType.Utf8, value)))])]);

    private static EngineException Unknown(SyntaxNode node, string name, BindingError errors) => errors.At(
        node, SqlState.UndefinedObject, $"There is no setting '{name}'.", BindingError.Nearest(name, SessionSettings.Names, "SHOW ALL lists the settings."));

    private static string Text(Expression value, BindingError errors) => value switch
    {
        StringLiteral text => text.Value,
        Int64Literal number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        UInt64Literal number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Float64Literal number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        BooleanLiteral flag => flag.Value ? "true" : "false",
        NullLiteral => "",
        ColumnReference word => string.Join('.', word.Parts.Select(static part => part.Value)),
        UnaryExpression { Operator: UnaryOperator.Negate } negative => "-" + Text(negative.Operand, errors),
        _ => throw errors.At(value, SqlState.InvalidParameterValue, "A setting is a constant or a word.", "Such as SET timezone = 'Europe/Berlin'."),
    };
}
