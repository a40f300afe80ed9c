namespace Micromegas.Formats;

/// <summary>Evaluates a path over one document. Matches come depth first, in document order.</summary>
internal readonly ref struct JsonPathEvaluator(ReadOnlySpan<byte> document, JsonbValue root)
{
    private readonly ReadOnlySpan<byte> document = document;
    private readonly JsonbValue root = root;

    /// <summary>Adds what the steps select below <paramref name="item"/>, at most <paramref name="limit"/> matches; true when the limit is reached.</summary>
    public bool Select(ReadOnlySpan<JsonPathStep> steps, JsonbValue item, List<JsonPathMatch> matches, int limit)
    {
        if (steps.IsEmpty)
        {
            matches.Add(JsonPathMatch.Of(item));
            return matches.Count >= limit;
        }

        ReadOnlySpan<JsonPathStep> rest = steps[1..];
        switch (steps[0])
        {
            case MemberStep member:
                return item.TryGetMember(member.Name, out JsonbValue value) && Select(rest, value, matches, limit);
            case AllMembersStep:
                foreach (JsonbMember each in item.Members)
                {
                    if (Select(rest, each.Value, matches, limit))
                    {
                        return true;
                    }
                }

                return false;
            case AllElementsStep when item.Kind != JsonbKind.Array:
                return Select(rest, item, matches, limit);
            case AllElementsStep:
                foreach (JsonbValue element in item.Elements)
                {
                    if (Select(rest, element, matches, limit))
                    {
                        return true;
                    }
                }

                return false;
            case IndexStep indices:
                return SelectIndices(indices, rest, item, matches, limit);
            case DescendantsStep descendants:
                return SelectDescendants(descendants, rest, item, matches, limit, 0);
            case FilterStep filter:
                return Test(filter.Predicate, item) == true && Select(rest, item, matches, limit);
            default:
                throw new InvalidOperationException("Unknown JSONPath step.");
        }
    }

    /// <summary>Three-valued truth of a predicate about <paramref name="item"/>.</summary>
    public bool? Test(JsonPathPredicate predicate, JsonbValue item)
    {
        switch (predicate)
        {
            case LogicalPredicate logical:
                bool? left = Test(logical.Left, item);
                if (left == !logical.IsAnd)
                {
                    return left;
                }

                bool? right = Test(logical.Right, item);
                return logical.IsAnd ? left & right : left | right;
            case ComparisonPredicate comparison:
                return Compare(comparison, item);
            case ExistsPredicate exists:
                return Select(exists.Path.Steps, exists.Path.FromRoot ? root : item, [], 1);
            case StartsWithPredicate startsWith:
                List<byte[]> texts = [];
                Evaluate(startsWith.Path, item, texts);
                return texts.Exists(text => JsonbValue.Open(text) is { Kind: JsonbKind.String } value && value.Utf8.StartsWith(startsWith.Prefix));
            default:
                throw new InvalidOperationException("Unknown JSONPath predicate.");
        }
    }

    private bool SelectIndices(IndexStep indices, ReadOnlySpan<JsonPathStep> rest, JsonbValue item, List<JsonPathMatch> matches, int limit)
    {
        if (item.Kind != JsonbKind.Array)
        {
            return false;
        }

        int count = item.Count;
        foreach (IndexRange range in indices.Ranges)
        {
            long from = Math.Max(0, range.From.Resolve(count));
            long to = Math.Min(count - 1, range.To.Resolve(count));
            if (range.From == range.To && range.From.Resolve(count) < 0)
            {
                continue;
            }

            for (long index = from; index <= to; index++)
            {
                if (item.TryGetElement((int)index, out JsonbValue element) && Select(rest, element, matches, limit))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool SelectDescendants(
        DescendantsStep step, ReadOnlySpan<JsonPathStep> rest, JsonbValue item, List<JsonPathMatch> matches, int limit, int depth)
    {
        if (depth >= JsonbLayout.MaxDepth)
        {
            CorruptDataException.Throw("JSONB is nested too deeply", item.Start);
        }

        if (depth >= step.MinDepth && Select(rest, item, matches, limit))
        {
            return true;
        }

        if (depth >= step.MaxDepth)
        {
            return false;
        }

        foreach (JsonbMember member in item.Members)
        {
            if (SelectDescendants(step, rest, member.Value, matches, limit, depth + 1))
            {
                return true;
            }
        }

        foreach (JsonbValue element in item.Elements)
        {
            if (SelectDescendants(step, rest, element, matches, limit, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    // True if any pair compares so; unknown if none does and some pair cannot be compared.
    private bool? Compare(ComparisonPredicate comparison, JsonbValue item)
    {
        List<byte[]> left = [];
        List<byte[]> right = [];
        Evaluate(comparison.Left, item, left);
        Evaluate(comparison.Right, item, right);
        bool? answer = false;
        foreach (byte[] a in left)
        {
            foreach (byte[] b in right)
            {
                bool? pair = JsonPathScalar.Compare(comparison.Operator, JsonbValue.Open(a), JsonbValue.Open(b));
                if (pair == true)
                {
                    return true;
                }

                answer = pair is null ? null : answer;
            }
        }

        return answer;
    }

    // Values of an expression as documents of their own; the elements instead of an array.
    private void Evaluate(JsonPathExpression expression, JsonbValue item, List<byte[]> values)
    {
        switch (expression)
        {
            case LiteralExpression literal:
                values.Add(literal.Document);
                break;
            case PathExpression path:
                List<JsonPathMatch> matches = [];
                Select(path.Steps, path.FromRoot ? root : item, matches, int.MaxValue);
                using (PooledBuffer buffer = new())
                {
                    foreach (JsonPathMatch match in matches)
                    {
                        JsonbValue value = match.In(document);
                        if (value.Kind != JsonbKind.Array)
                        {
                            values.Add(Document(value, buffer));
                            continue;
                        }

                        foreach (JsonbValue element in value.Elements)
                        {
                            values.Add(Document(element, buffer));
                        }
                    }
                }

                break;
            case SignExpression sign:
                EvaluateUnary(sign, item, values);
                break;
            case ArithmeticExpression arithmetic:
                List<byte[]> left = [];
                List<byte[]> right = [];
                Evaluate(arithmetic.Left, item, left);
                Evaluate(arithmetic.Right, item, right);
                if (left.Count == 1 && right.Count == 1 && JsonPathScalar.Calculate(arithmetic.Operator, left[0], right[0]) is { } result)
                {
                    values.Add(result);
                }

                break;
        }
    }

    private void EvaluateUnary(SignExpression sign, JsonbValue item, List<byte[]> values)
    {
        List<byte[]> operands = [];
        Evaluate(sign.Operand, item, operands);
        foreach (byte[] operand in operands)
        {
            byte[]? value = sign.Negative ? JsonPathScalar.Calculate((byte)'-', JsonPathScalar.Zero, operand) : operand;
            if (value is not null)
            {
                values.Add(value);
            }
        }
    }

    private static byte[] Document(JsonbValue value, PooledBuffer buffer)
    {
        buffer.Clear();
        value.WriteDocument(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
