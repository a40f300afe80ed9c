using System.Numerics;

namespace Micromegas.Engine.Functions;

/// <summary>The least and the greatest of some numbers.</summary>
internal static class FiniteRange
{
    /// <summary>Finds both; false where some number is NaN or infinite.</summary>
    public static bool TryFind(ReadOnlySpan<double> values, out double minimum, out double maximum)
    {
        var least = new Vector<double>(double.PositiveInfinity);
        var greatest = -least;
        // Nothing times what is not finite is NaN, which stays.
        var zero = Vector<double>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var some = new Vector<double>(values[i..]);
            zero += some * Vector<double>.Zero;
            least = System.Numerics.Vector.MinNative(least, some);
            greatest = System.Numerics.Vector.MaxNative(greatest, some);
        }
        minimum = double.PositiveInfinity;
        maximum = double.NegativeInfinity;
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            minimum = Math.Min(minimum, least[lane]);
            maximum = Math.Max(maximum, greatest[lane]);
        }
        for (; i < values.Length; i++)
        {
            // These give NaN where either is.
            minimum = Math.Min(minimum, values[i]);
            maximum = Math.Max(maximum, values[i]);
        }
        return System.Numerics.Vector.EqualsAll(zero, Vector<double>.Zero) && double.IsFinite(minimum) && double.IsFinite(maximum);
    }
}
