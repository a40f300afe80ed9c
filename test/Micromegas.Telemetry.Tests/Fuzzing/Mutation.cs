using System.Buffers.Binary;

namespace Micromegas.Telemetry.Tests.Fuzzing;

/// <summary>Damages bytes in the ways that find most: flipped bits, extreme numbers, cuts, repeats, pieces of other samples.</summary>
internal static class Mutation
{
    private static readonly uint[] s_extremes = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

    public static byte[] Damage(byte[] sample, IReadOnlyList<byte[]> samples, Random random)
    {
        List<byte> bytes = [.. sample];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            Step(bytes, samples, random);
        }

        return [.. bytes];
    }

    private static void Step(List<byte> bytes, IReadOnlyList<byte[]> samples, Random random)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        int at = random.Next(bytes.Count);
        int length = random.Next(1, Math.Min(32, bytes.Count - at) + 1);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                Overwrite(bytes, at, s_extremes[random.Next(s_extremes.Length)], random);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6:
                byte[] other = samples[random.Next(samples.Count)];
                if (other.Length > 0)
                {
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 64))]);
                }

                break;
            default:
                bytes.Insert(at, (byte)random.Next(256));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, uint value, Random random)
    {
        Span<byte> number = stackalloc byte[4];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, value);
        }

        for (int i = 0; i < 4 && at + i < bytes.Count; i++)
        {
            bytes[at + i] = number[i];
        }
    }
}
