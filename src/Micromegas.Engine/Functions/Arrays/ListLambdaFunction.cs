using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>What becomes of the values that a lambda gives for the items of a list.</summary>
internal enum ListLambdaKind
{
    /// <summary>They are the items of the result.</summary>
    Transform,

    /// <summary>Items for which it is true stay.</summary>
    Filter,

    /// <summary>Is it true for one item at least?</summary>
    Any,

    /// <summary>Is it true for all items?</summary>
    All,
}

/// <summary>
/// <c>array_transform(list, x -> …)</c> and its kin: the lambda's first parameter is the item, its second, when there is one, the item's position from 1; it may
/// read other columns of the row.
/// </summary>
internal sealed class ListLambdaFunction(ListLambdaKind kind, string name, string summary, params string[] aliases) : ScalarFunction(name, aliases)
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new ListLambdaFunction(ListLambdaKind.Transform, "array_transform", "The lambda's value for each item.", "list_transform", "list_apply", "array_apply", "apply"),
        new ListLambdaFunction(ListLambdaKind.Filter, "array_filter", "The items for which the lambda is true.", "list_filter", "filter"),
        new ListLambdaFunction(ListLambdaKind.Any, "array_any_match", "Whether the lambda is true for some item.", "list_any_match", "any_match"),
        new ListLambdaFunction(ListLambdaKind.All, "array_all_match", "Whether the lambda is true for all items.", "list_all_match", "all_match"),
    ];

    public ListLambdaKind Kind => kind;

    public override string Usage => kind == ListLambdaKind.Transform ? "(list, x -> value)" : "(list, x -> condition)";

    public override string Summary => summary;

    /// <summary>The second argument's type is the type of the lambda's body.</summary>
    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var list = ListAccept.List(arguments.Types[0]) ?? throw FunctionErrors.NoMatch(Name, arguments);
        var body = arguments.Types[1];
        if (kind == ListLambdaKind.Transform)
        {
            return new FunctionSignature([list, body], DataType.List(body));
        }
        if (body.ValueType.Kind is not (TypeKind.Boolean or TypeKind.Null))
        {
            throw new EngineException(SqlState.DatatypeMismatch, $"The lambda of '{Name}' must give a Boolean, not {body}.");
        }
        return new FunctionSignature([list, DataType.Boolean], kind == ListLambdaKind.Filter ? list : DataType.Boolean);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        throw new EngineException(SqlState.UndefinedFunction, $"'{Name}' wants a lambda: {Name}{Usage}.");
}
