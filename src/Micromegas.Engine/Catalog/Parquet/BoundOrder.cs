using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>The order of the values of statistics.</summary>
internal static class BoundOrder
{
    /// <summary>What a value is compared by: texts by their bytes.</summary>
    public static object KeyOf(object value) => value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : value;

    /// <summary>Order of two texts by their bytes in UTF-8.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        // Beyond the first plane the order of UTF-16 is another.
        return char.IsSurrogate(left[same]) || char.IsSurrogate(right[same])
            ? Compare(KeyOf(left), KeyOf(right))!.Value
            : left[same].CompareTo(right[same]);
    }

    /// <summary>Order of two values, or keys, of one type; null when it cannot be told.</summary>
    public static int? Compare(object left, object right) => (left, right) switch
    {
        (string a, string b) => Compare(a, b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        (Int256 a, Int256 b) => a.CompareTo(b),
        (IComparable a, { } b) when a.GetType() == b.GetType() => a.CompareTo(b),
        _ => null,
    };

    /// <summary>Bounds leave NaN out.</summary>
    public static bool IsNaN(object value) => value switch
    {
        double number => double.IsNaN(number),
        float number => float.IsNaN(number),
        Half number => Half.IsNaN(number),
        _ => false,
    };
}
