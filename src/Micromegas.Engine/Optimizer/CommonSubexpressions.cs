using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Computes an expression that a projection or aggregation needs several times only once, in a projection below. One of the places must be evaluated for every
/// row: what stands only in branches of CASE, behind the first operand of AND or OR, or in lambdas stays there, since some rows may not bear it.
/// </summary>
internal sealed class CommonSubexpressions : ILogicalRule
{
    /// <summary>Nodes beyond which a statement is left as it is: comparing all with all would take longer than it saves.</summary>
    private const int MaxNodes = 400;

    public string Name => "common-subexpressions";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node => node switch
    {
        LogicalProject project => Rewrite(project, [.. project.Assignments.Select(static assignment => assignment.Expression)], []),
        LogicalAggregate aggregate => Rewrite(
            aggregate,
            [
                .. aggregate.Keys.Select(static key => key.Expression),
                .. aggregate.Aggregates.Where(static call => call.Filter is null).SelectMany(static call => call.Arguments),
                .. aggregate.Aggregates.Where(static call => call.Filter is not null).Select(static call => call.Filter!),
            ],
            [.. aggregate.Aggregates.Where(static call => call.Filter is not null).SelectMany(static call => call.Arguments)]),
        _ => node,
    });

    /// <summary>The node over a projection of what it needs more than once.</summary>
    /// <param name="node">A node of one input.</param>
    /// <param name="always">Its expressions that every row evaluates.</param>
    /// <param name="sometimes">Those that only some rows do.</param>
    private static LogicalPlan Rewrite(LogicalPlan node, List<BoundExpression> always, List<BoundExpression> sometimes)
    {
        var found = new Candidates();
        always.ForEach(expression => found.Collect(expression, true));
        sometimes.ForEach(expression => found.Collect(expression, false));
        if (found.IsTooLarge || found.Common() is not { Count: > 0 } common)
        {
            return node;
        }
        Assignment[] computed = [.. common.Select(static expression => new Assignment(new PlanColumn("__common", expression.Type, expression.Nullable), expression))];
        var input = node.Inputs[0];
        var below = new LogicalProject(input, [.. input.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. computed]);
        return node.WithInputs([below]).MapExpressions(expression => expression.Rewrite(part => Replacement(part, computed)));
    }

    private static BoundColumn? Replacement(BoundExpression part, Assignment[] computed)
    {
        foreach (var assignment in computed)
        {
            if (part.SameAs(assignment.Expression))
            {
                return new BoundColumn(assignment.Column);
            }
        }
        return null;
    }

    /// <summary>The subexpressions seen so far.</summary>
    private sealed class Candidates
    {
        private readonly List<Candidate> candidates = [];
        private int nodes;

        public bool IsTooLarge => nodes > MaxNodes;

        /// <summary>Counts an expression and its parts. Parts of one that was seen before are not counted again: they are computed with it.</summary>
        public void Collect(BoundExpression expression, bool always)
        {
            if (++nodes > MaxNodes || expression is BoundColumn or BoundLiteral or BoundLambda)
            {
                return;
            }
            if (IsWorthwhile(expression))
            {
                if (candidates.Find(candidate => candidate.Expression.SameAs(expression)) is { } known)
                {
                    known.Count++;
                    known.Always |= always;
                    return;
                }
                candidates.Add(new Candidate(expression) { Count = 1, Always = always });
            }
            var isFirst = true;
            foreach (var child in expression.Children())
            {
                Collect(child, always && (isFirst || expression is not (BoundCase or BoundLogical or BoundIn)));
                isFirst = false;
            }
        }

        public List<BoundExpression> Common() =>
            candidates.FindAll(static candidate => candidate is { Count: > 1, Always: true }).ConvertAll(static candidate => candidate.Expression);

        /// <summary>A renamed type costs nothing, and what changes with every call must be called.</summary>
        private static bool IsWorthwhile(BoundExpression expression) =>
            expression is not BoundIsNull && !expression.IsVolatile() && expression.Columns().Count > 0 && !expression.Any(static node => node is BoundLambda);
    }

    private sealed class Candidate(BoundExpression expression)
    {
        public BoundExpression Expression { get; } = expression;

        public int Count { get; set; }

        public bool Always { get; set; }
    }
}
