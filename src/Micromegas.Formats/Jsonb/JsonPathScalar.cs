namespace Micromegas.Formats;

/// <summary>Comparison and arithmetic of JSONPath on scalar documents (spec/sql.md §2.6).</summary>
internal static class JsonPathScalar
{
    public static readonly byte[] Zero = Document(builder => builder.AddUInt64(0));

    /// <summary>Null where the values have no order: containers, and different kinds for anything but "not equal".</summary>
    public static bool? Compare(JsonPathComparison comparison, JsonbValue left, JsonbValue right)
    {
        int? order = Order(left, right, out bool sameKind);
        if (!sameKind)
        {
            return comparison == JsonPathComparison.NotEqual ? true : null;
        }

        if (order is not { } sign)
        {
            return null;
        }

        return comparison switch
        {
            JsonPathComparison.Equal => sign == 0,
            JsonPathComparison.NotEqual => sign != 0,
            JsonPathComparison.Less => sign < 0,
            JsonPathComparison.LessOrEqual => sign <= 0,
            JsonPathComparison.Greater => sign > 0,
            _ => sign >= 0,
        };
    }

    /// <summary>Result of <c>+ - * / %</c> on two numbers; null where there is none.</summary>
    public static byte[]? Calculate(byte operation, byte[] left, byte[] right)
    {
        JsonbValue a = JsonbValue.Open(left);
        JsonbValue b = JsonbValue.Open(right);
        if (a.Kind != JsonbKind.Number || b.Kind != JsonbKind.Number)
        {
            return null;
        }

        if (operation != '/' && a.Number.IsInteger && b.Number.IsInteger && a.TryGetInt64(out long x) && b.TryGetInt64(out long y))
        {
            Int128? exact = operation switch
            {
                (byte)'+' => (Int128)x + y,
                (byte)'-' => (Int128)x - y,
                (byte)'*' => (Int128)x * y,
                _ => y == 0 ? null : (Int128)x % y,
            };
            if (exact is not { } whole)
            {
                return null;
            }

            if (whole >= long.MinValue && whole <= ulong.MaxValue)
            {
                return Document(builder =>
                {
                    if (whole < 0)
                    {
                        builder.AddInt64((long)whole);
                    }
                    else
                    {
                        builder.AddUInt64((ulong)whole);
                    }
                });
            }
        }

        a.TryGetDouble(out double p);
        b.TryGetDouble(out double q);
        double real = operation switch
        {
            (byte)'+' => p + q,
            (byte)'-' => p - q,
            (byte)'*' => p * q,
            (byte)'/' => p / q,
            _ => p % q,
        };
        return q == 0 && operation is (byte)'/' or (byte)'%' ? null : Document(builder => builder.AddDouble(real));
    }

    public static byte[] Document(Action<JsonbBuilder> add)
    {
        using JsonbBuilder builder = new();
        add(builder);
        return builder.Finish().ToArray();
    }

    private static int? Order(JsonbValue left, JsonbValue right, out bool sameKind)
    {
        bool bothBoolean = IsBoolean(left.Kind) && IsBoolean(right.Kind);
        sameKind = bothBoolean || left.Kind == right.Kind;
        if (!sameKind)
        {
            return null;
        }

        return left.Kind switch
        {
            JsonbKind.Null => 0,
            JsonbKind.Number => left.Number.CompareTo(right.Number),
            JsonbKind.String => left.Utf8.SequenceCompareTo(right.Utf8),
            _ when bothBoolean => (left.Kind == JsonbKind.True).CompareTo(right.Kind == JsonbKind.True),
            _ => null,
        };
    }

    private static bool IsBoolean(JsonbKind kind) => kind is JsonbKind.True or JsonbKind.False;
}
