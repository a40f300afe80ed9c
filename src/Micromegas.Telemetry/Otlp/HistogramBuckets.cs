using System.Runtime.InteropServices;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The buckets of a histogram point, gathered field by field.</summary>
internal sealed class HistogramBuckets
{
    private readonly List<double> bounds = [];
    private readonly List<ulong> counts = [];

    public ReadOnlySpan<double> Bounds => CollectionsMarshal.AsSpan(bounds);

    public ReadOnlySpan<ulong> Counts => CollectionsMarshal.AsSpan(counts);

    /// <summary>Whether the buckets are of the form that <see cref="OtlpHistogram"/> promises.</summary>
    public bool IsValid
    {
        get
        {
            for (int i = 0; i < bounds.Count; i++)
            {
                // NaN is neither greater nor less.
                if (double.IsNaN(bounds[i]) || (i > 0 && !(bounds[i] > bounds[i - 1])))
                {
                    return false;
                }
            }

            return counts.Count == (bounds.Count == 0 && counts.Count == 0 ? 0 : bounds.Count + 1);
        }
    }

    public void Clear()
    {
        bounds.Clear();
        counts.Clear();
    }

    /// <summary>Reads a repeated double, packed or not.</summary>
    public void ReadBounds(scoped ref ProtobufReader message, ProtobufWireType type)
    {
        if (type != ProtobufWireType.LengthDelimited)
        {
            bounds.Add(message.ReadDouble(type));
            return;
        }

        ProtobufReader packed = message.ReadMessage();
        while (!packed.IsAtEnd)
        {
            bounds.Add(packed.ReadDouble());
        }
    }

    /// <summary>Reads a repeated fixed64, packed or not.</summary>
    public void ReadCounts(scoped ref ProtobufReader message, ProtobufWireType type)
    {
        if (type != ProtobufWireType.LengthDelimited)
        {
            counts.Add(message.ReadFixed64(type));
            return;
        }

        ProtobufReader packed = message.ReadMessage();
        while (!packed.IsAtEnd)
        {
            counts.Add(packed.ReadFixed64());
        }
    }

    /// <summary>
    /// Takes the buckets of an exponential histogram: those of index i hold magnitudes above b^i up to b^(i + 1), where b = 2^(2^-scale); values between the thresholds
    /// count as zero.
    /// </summary>
    public void SetExponential(int scale, ulong zeroCount, double zeroThreshold, ExponentialBuckets negative, ExponentialBuckets positive)
    {
        Clear();
        counts.Add(0);
        if (negative.Counts.Count > 0)
        {
            Close(-Power(negative.Offset + (long)negative.Counts.Count, scale));
            for (int i = negative.Counts.Count - 1; i >= 0; i--)
            {
                counts[^1] += negative.Counts[i];
                Close(-Power(negative.Offset + (long)i, scale));
            }
        }

        counts[^1] += zeroCount;
        if (zeroCount > 0 || negative.Counts.Count > 0)
        {
            Close(Math.Abs(zeroThreshold));
        }

        if (positive.Counts.Count > 0)
        {
            Close(Power(positive.Offset, scale));
            for (int i = 0; i < positive.Counts.Count; i++)
            {
                counts[^1] += positive.Counts[i];
                Close(Power(positive.Offset + (long)i + 1, scale));
            }
        }
    }

    /// <summary>Ends a bucket, unless its bound is not beyond the one before (a power too small or too large for a double): then the next counts with it.</summary>
    private void Close(double bound)
    {
        if (double.IsFinite(bound) && (bounds.Count == 0 || bound > bounds[^1]))
        {
            bounds.Add(bound);
            counts.Add(0);
        }
    }

    private static double Power(long index, int scale) => Math.Pow(2, Math.ScaleB(index, (int)-Math.Clamp((long)scale, -1100, 1100)));
}

/// <summary>One side of an exponential histogram.</summary>
internal sealed class ExponentialBuckets
{
    public int Offset { get; private set; }

    public List<ulong> Counts { get; } = [];

    public void Clear()
    {
        Offset = 0;
        Counts.Clear();
    }

    public void Read(ProtobufReader message)
    {
        while (message.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Buckets.Offset:
                    Offset = (int)message.ReadZigZag(type);
                    break;
                case OtlpFields.Buckets.Counts when type == ProtobufWireType.LengthDelimited:
                    ProtobufReader packed = message.ReadMessage();
                    while (!packed.IsAtEnd)
                    {
                        Counts.Add(packed.ReadVarint());
                    }

                    break;
                case OtlpFields.Buckets.Counts:
                    Counts.Add(message.ReadVarint(type));
                    break;
                default:
                    message.Skip(field, type);
                    break;
            }
        }
    }
}
