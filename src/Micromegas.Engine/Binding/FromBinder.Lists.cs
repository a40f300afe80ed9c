using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>What turns one row into several: UNNEST, and the table functions that a scalar function with a list for a result stands behind.</summary>
internal sealed partial class FromBinder
{
    /// <summary>Whether the rows come from values of the row on the left, so that no join is needed.</summary>
    private static bool ReadsRows(TableReference table) =>
        table is UnnestTable || (table is TableFunctionCall call && IsSetReturning(call) && call.Arguments is not [{ Value: SubqueryExpression }]);

    private Source BindRows(TableReference table, Source left, Scope scope, bool outer) => table is UnnestTable unnest
        ? BindUnnest(unnest, left, scope, outer)
        : BindSetReturning((TableFunctionCall)table, left, scope, outer);

    /// <summary>The functions of spec/sql.md §1.2 and DataFusion's series; arguments may be columns of the tables on the left (design: lateral).</summary>
    private static bool IsSetReturning(TableFunctionCall call) => SetReturning.Contains(call.Name.Last.Value);

    private static readonly string[] SetReturning = ["range", "generate_series", "jsonb_each", "jsonb_array_elements", "expand_histogram"];

    /// <summary>The scalar function gives a list; its items are the rows, and where they are structs, their fields the columns.</summary>
    private Source BindSetReturning(TableFunctionCall call, Source left, Scope scope, bool outer)
    {
        var name = call.Name.Last.Value;
        if (call.Arguments.FirstOrDefault(static argument => argument.Name is not null) is { } named)
        {
            throw Errors.Unsupported(named, $"A named argument of '{name}'", "Give the arguments by position.");
        }
        if (call.WithOrdinality)
        {
            throw Errors.Unsupported(call, "WITH ORDINALITY of a table function", "row_number() OVER () numbers the rows.");
        }
        var binder = new ExpressionBinder(context, scope, new PlainHost(Errors, "the arguments of a table function"));
        BoundExpression[] arguments;
        if (call.Arguments is [{ Value: SubqueryExpression subquery }])
        {
            // Every row of the subquery gives its own rows (spec/sql.md §1.2).
            var rows = queries.Bind(subquery.Query, scope, tables);
            if (rows.Columns.Count != 1)
            {
                throw Errors.At(subquery, SqlState.InvalidStatement, $"The subquery of '{name}' needs one column, not {rows.Columns.Count}.", "Select the one that the function works on.");
            }
            left = new Source(rows.Plan, []);
            arguments = [new BoundColumn(rows.Columns[0])];
        }
        else
        {
            arguments = [.. call.Arguments.Select(argument => binder.Bind(argument.Value))];
        }
        var list = binder.Call(name, call, arguments);
        var relation = call.Alias?.Name.Value ?? name;
        var names = call.Alias?.Columns ?? [];
        var type = list.Type.ValueType.ItemField.Type;
        var item = new PlanColumn(names.IsEmpty ? "value" : names[0].Value, type, true, relation);
        LogicalPlan plan = new LogicalUnnest(left.Plan, [list], [item], null, outer);
        if (type.Kind != TypeKind.Struct)
        {
            return new Source(plan, [.. left.Columns, new ScopeColumn(relation, item.Name, item)]);
        }
        var own = Fields(new BoundColumn(item), names, relation, binder, call);
        plan = new LogicalProject(plan, [.. left.Plan.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. own]);
        return new Source(plan, [.. left.Columns, .. own.Select(assignment => new ScopeColumn(relation, assignment.Column.Name, assignment.Column))]);
    }

    private static Assignment[] Fields(BoundExpression value, SyntaxList<Identifier> names, string? relation, ExpressionBinder binder, SyntaxNode node)
    {
        var fields = value.Type.ValueType.Fields;
        return [.. Enumerable.Range(0, fields.Length).Select(i => new Assignment(
            new PlanColumn(i < names.Count ? names[i].Value : fields[i].Name, fields[i].Type, true, relation),
            binder.Call("get_field", node, value, new BoundLiteral(Scalar.Of(fields[i].Name)))))];
    }

    private Source BindUnnest(UnnestTable unnest, Source left, Scope scope, bool outer)
    {
        if (unnest.WithOffset)
        {
            throw Errors.Unsupported(unnest, "WITH OFFSET", "WITH ORDINALITY numbers the items from 1.");
        }
        var host = new SubqueryHost(context, queries, tables, "UNNEST");
        var binder = host.Over(scope);
        var relation = unnest.Alias?.Name.Value;
        var lists = new List<BoundExpression>();
        var items = new List<PlanColumn>();
        var names = unnest.Alias?.Columns ?? [];
        BoundExpression[] bound = [.. unnest.Expressions.Select(binder.Bind)];
        if (bound is [{ Type.ValueType.Kind: TypeKind.Struct } fields] && !unnest.WithOrdinality)
        {
            return UnnestStruct(unnest, fields, left with { Plan = host.Beside(left.Plan) }, binder);
        }
        foreach (var (expression, list) in unnest.Expressions.Zip(bound))
        {
            if (!list.Type.ValueType.IsList)
            {
                throw Errors.Unsupported(unnest, $"UNNEST of {list.Type}", "UNNEST takes lists and structs.");
            }
            var name = items.Count < names.Count ? names[items.Count].Value : $"UNNEST({OutputNames.Of(expression, binder)})";
            lists.Add(list);
            items.Add(new PlanColumn(name, list.Type.ValueType.ItemField.Type, true, relation));
        }
        var ordinality = unnest.WithOrdinality
            ? new PlanColumn(items.Count < names.Count ? names[items.Count].Value : "ordinality", DataType.Int64, outer, relation)
            : null;
        var plan = new LogicalUnnest(host.Beside(left.Plan), lists, items, ordinality, outer);
        var own = ordinality is null ? items : [.. items, ordinality];
        return new Source(plan, [.. left.Columns, .. own.Select(column => new ScopeColumn(relation, column.Name, column))]);
    }

    /// <summary>A struct unnests into its fields.</summary>
    private static Source UnnestStruct(UnnestTable unnest, BoundExpression value, Source left, ExpressionBinder binder)
    {
        var relation = unnest.Alias?.Name.Value;
        var names = unnest.Alias?.Columns ?? [];
        var own = Fields(value, names, relation, binder, unnest);
        var plan = new LogicalProject(
            left.Plan, [.. left.Plan.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. own]);
        return new Source(plan, [.. left.Columns, .. own.Select(assignment => new ScopeColumn(relation, assignment.Column.Name, assignment.Column))]);
    }
}
