using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>Colours as <c>0xRRGGBBAA</c>, binning and interpolation (spec/sql.md §1.5, §1.6).</summary>
internal static class ColorFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction(
            "rgba", "(r, g, b, a)", "Colour of four channels from 0 to 1.",
            Accept.Fixed("rgba", DataType.UInt32, 4, Accept.Float64, Accept.Float64, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<uint>(s, static (a, row) => Pack(
                Channel(a.Float64(0, row) * 255), Channel(a.Float64(1, row) * 255), Channel(a.Float64(2, row) * 255), Channel(a.Float64(3, row) * 255)))),
        new DefinedFunction(
            "lerp_color", "(from, to, t)", "Colour between two, channel by channel; t is clamped to 0 … 1.",
            Accept.Fixed("lerp_color", DataType.UInt32, 3, Accept.UInt32, Accept.UInt32, Accept.Float64),
            static s => new FlatRowKernel<uint>(s, static (a, row) => Lerp(a.UInt32(0, row), a.UInt32(1, row), a.Float64(2, row)))),
        new DefinedFunction(
            "color_scale", "(name, t, alpha)", "Colour of a map (viridis, magma, plasma, inferno, cividis, turbo) at t from 0 to 1.",
            Accept.Fixed("color_scale", DataType.UInt32, 3, Accept.Text, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<uint>(s, static (a, row) => Scale(a.Text(0, row), a.Float64(1, row), a.Float64(2, row)))) { CanFail = true },
        new DefinedFunction(
            "bin_center", "(x, cell)", "Centre of the cell that x falls into: floor((x + cell / 2) / cell) · cell.",
            Accept.Fixed("bin_center", DataType.Float64, 2, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<double>(s, static (a, row) =>
                System.Math.Floor((a.Float64(0, row) + (a.Float64(1, row) / 2)) / a.Float64(1, row)) * a.Float64(1, row))),
        new DefinedFunction(
            "lerp", "(a, b, t)", "a + (b − a) · t, without clamping.",
            Accept.Fixed("lerp", DataType.Float64, 3, Accept.Float64, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<double>(s, static (a, row) => a.Float64(0, row) + ((a.Float64(1, row) - a.Float64(0, row)) * a.Float64(2, row)))),
        new DefinedFunction(
            "unlerp", "(a, b, x)", "(x − a) / (b − a).",
            Accept.Fixed("unlerp", DataType.Float64, 3, Accept.Float64, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<double>(s, static (a, row) => (a.Float64(2, row) - a.Float64(0, row)) / (a.Float64(1, row) - a.Float64(0, row)))),
    ];

    /// <summary>A channel from 0 to 255, rounded to the nearest; NaN gives 0.</summary>
    private static byte Channel(double value) => double.IsNaN(value) ? (byte)0 : (byte)System.Math.Clamp(value + 0.5, 0, 255);

    private static uint Pack(byte red, byte green, byte blue, byte alpha) => ((uint)red << 24) | ((uint)green << 16) | ((uint)blue << 8) | alpha;

    private static uint Lerp(uint from, uint to, double t)
    {
        if (double.IsNaN(t))
        {
            return 0;
        }
        t = System.Math.Clamp(t, 0, 1);
        uint result = 0;
        for (var shift = 0; shift < 32; shift += 8)
        {
            double a = (from >> shift) & 0xff;
            double b = (to >> shift) & 0xff;
            result |= (uint)Channel(a + ((b - a) * t)) << shift;
        }
        return result;
    }

    private static uint Scale(ReadOnlySpan<byte> name, double t, double alpha)
    {
        var opacity = Channel(System.Math.Clamp(alpha, 0, 1) * 255);
        var at = (float)System.Math.Clamp(t, 0, 1);
        if (Ascii.EqualsIgnoreCase(name, "viridis"u8))
        {
            return Ramp(ColorRamps.Viridis, at, opacity);
        }
        if (Ascii.EqualsIgnoreCase(name, "magma"u8))
        {
            return Ramp(ColorRamps.Magma, at, opacity);
        }
        if (Ascii.EqualsIgnoreCase(name, "plasma"u8))
        {
            return Ramp(ColorRamps.Plasma, at, opacity);
        }
        if (Ascii.EqualsIgnoreCase(name, "inferno"u8))
        {
            return Ramp(ColorRamps.Inferno, at, opacity);
        }
        if (Ascii.EqualsIgnoreCase(name, "cividis"u8))
        {
            return float.IsNaN(at) ? opacity : Pack(
                Byte(-4.54f - (at * (35.34f - (at * (2381.73f - (at * (6402.7f - (at * (7024.72f - (2710.57f * at)))))))))),
                Byte(32.49f + (at * (170.73f + (at * (52.82f - (at * (131.46f - (at * (176.58f - (67.37f * at)))))))))),
                Byte(81.24f + (at * (442.36f - (at * (2482.43f - (at * (6167.24f - (at * (6614.94f - (2475.67f * at)))))))))),
                opacity);
        }
        if (Ascii.EqualsIgnoreCase(name, "turbo"u8))
        {
            return float.IsNaN(at) ? opacity : Pack(
                Byte(34.61f + (at * (1172.33f - (at * (10793.56f - (at * (33300.12f - (at * (38394.49f - (14825.05f * at)))))))))),
                Byte(23.31f + (at * (557.33f + (at * (1225.33f - (at * (3574.96f - (at * (1073.77f + (707.56f * at)))))))))),
                Byte(27.2f + (at * (3211.1f - (at * (15327.97f - (at * (27814f - (at * (22569.18f - (6838.66f * at)))))))))),
                opacity);
        }
        throw new EngineException(
            SqlState.InvalidParameterValue,
            $"color_scale(): unknown colormap '{Encoding.UTF8.GetString(name)}'. Recognized: viridis, magma, plasma, inferno, cividis, turbo");
    }

    /// <summary>Truncates toward zero and saturates.</summary>
    private static byte Byte(float value) => (byte)System.Math.Clamp(value, 0f, 255f);

    /// <summary>A cubic B-spline through the entries of a map, in single precision as upstream computes it.</summary>
    private static uint Ramp(ReadOnlySpan<byte> colors, float t, byte opacity)
    {
        if (float.IsNaN(t))
        {
            return opacity;
        }
        const int Last = 255;
        var i = System.Math.Min((int)System.MathF.Floor(t * Last), Last - 1);
        var u = (t - (i / (float)Last)) * Last;
        return Pack(Spline(colors, i, 0, u), Spline(colors, i, 1, u), Spline(colors, i, 2, u), opacity);

        static byte Spline(ReadOnlySpan<byte> colors, int i, int channel, float u)
        {
            float v1 = colors[(i * 3) + channel];
            float v2 = colors[((i + 1) * 3) + channel];
            var v0 = i > 0 ? colors[((i - 1) * 3) + channel] : (2 * v1) - v2;
            var v3 = i < Last - 1 ? colors[((i + 2) * 3) + channel] : (2 * v2) - v1;
            var u2 = u * u;
            var u3 = u2 * u;
            return Byte((((1 - (3 * u) + (3 * u2) - u3) * v0) + ((4 - (6 * u2) + (3 * u3)) * v1) + ((1 + (3 * u) + (3 * u2) - (3 * u3)) * v2) + (u3 * v3)) / 6);
        }
    }
}
