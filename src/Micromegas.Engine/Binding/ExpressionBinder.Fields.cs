using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>What Arrow knows of an expression beside its values.</summary>
internal sealed partial class ExpressionBinder
{
    private static readonly DataType Metadata = DataType.Map(DataType.Utf8, DataType.Utf8);

    /// <summary><c>arrow_field(x)</c>: name, type, nullability and metadata.</summary>
    private BoundExpression BindArrowField(FunctionCall call)
    {
        var argument = OneArgument(call, 1);
        var name = argument switch
        {
            BoundColumn column => column.Column.Name,
            BoundLiteral => "lit",
            _ => OutputNames.Of(call.Arguments[0].Value, this),
        };
        return Call(
            "named_struct", call,
            Text("name"), Text(name), Text("data_type"), Text(argument.Type.ToString()), Text("nullable"), new BoundLiteral(Scalar.Of(argument.Nullable)),
            Text("metadata"), MetadataOf(argument, call));
    }

    /// <summary><c>arrow_metadata(x [, key])</c>: the metadata that with_metadata gave the expression, or one entry of it.</summary>
    private BoundExpression BindArrowMetadata(FunctionCall call)
    {
        var argument = OneArgument(call, 2);
        var map = MetadataOf(argument, call);
        return call.Arguments.Count == 1 ? map : Call("get_field", call, map, Bind(call.Arguments[1].Value));
    }

    private BoundExpression OneArgument(FunctionCall call, int most) => call.Arguments.Count >= 1 && call.Arguments.Count <= most
        ? Bind(call.Arguments[0].Value)
        : throw Errors.At(call, SqlState.UndefinedFunction, $"'{call.Name.Last.Value}' does not take {call.Arguments.Count} arguments.",
            BindingError.Candidates([most == 1 ? $"{call.Name.Last.Value}(x)" : $"{call.Name.Last.Value}(x [, key])"]));

    /// <summary>Fields carry no metadata here: only that of with_metadata in the same expression is known.</summary>
    private BoundExpression MetadataOf(BoundExpression expression, SyntaxNode node)
    {
        var entries = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (; expression is BoundCall { Function: WithMetadataFunction } call; expression = call.Arguments[0])
        {
            for (var i = 1; i + 1 < call.Arguments.Count; i += 2)
            {
                if (call.Arguments[i] is BoundLiteral { Value.Value: string key } && call.Arguments[i + 1] is BoundLiteral value)
                {
                    entries.TryAdd(key, value.Value.Value);
                }
            }
        }
        return entries.Count == 0
            ? new BoundLiteral(new Scalar(Metadata, Array.Empty<object?>()))
            : Call(
                "map", node,
                Call("make_array", node, [.. entries.Keys.Select(Text)]),
                Call("make_array", node, [.. entries.Values.Select(static value => new BoundLiteral(new Scalar(DataType.Utf8, value)))]));
    }

    private static BoundLiteral Text(string text) => new(Scalar.Of(text));
}
