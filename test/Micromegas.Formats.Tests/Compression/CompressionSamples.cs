using System.Text;

namespace Micromegas.Formats.Tests;

/// <summary>Inputs that reach every path of the block codecs: lengths around the margins, every small match offset, runs, noise, text.</summary>
internal static class CompressionSamples
{
    public static IEnumerable<byte[]> All()
    {
        Random random = new(20261122);
        for (int length = 0; length < 80; length++)
        {
            yield return new byte[length];
            byte[] noise = new byte[length];
            random.NextBytes(noise);
            yield return noise;
        }

        for (int period = 1; period <= 40; period++)
        {
            byte[] pattern = new byte[period];
            random.NextBytes(pattern);
            foreach (int length in new[] { period, period * 2 + 5, 300, 1000 })
            {
                byte[] repeated = new byte[length];
                for (int i = 0; i < length; i++)
                {
                    repeated[i] = pattern[i % period];
                }

                yield return repeated;
            }
        }

        byte[] big = new byte[200_000];
        random.NextBytes(big);
        yield return big;
        yield return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 9000).Select(i => $"request {i * 7919 % 1000} took {i % 13} ms; ")));
        yield return [.. big[..70_000], .. big[..70_000], .. new byte[70_000]];
        for (int i = 0; i < 60; i++)
        {
            byte[] mixed = new byte[random.Next(1, 5000)];
            int alphabet = random.Next(1, 20);
            for (int k = 0; k < mixed.Length; k++)
            {
                mixed[k] = (byte)random.Next(alphabet);
            }

            yield return mixed;
        }
    }

    /// <summary>Runs a decoder into a window between guard bytes and fails if a guard was touched.</summary>
    public static byte[] Guarded(int length, Func<Memory<byte>, int> decode)
    {
        const int guard = 64;
        byte[] buffer = new byte[length + 2 * guard];
        Array.Fill(buffer, (byte)0xA5);
        int written = decode(buffer.AsMemory(guard, length));
        Assert.All(buffer[..guard], value => Assert.Equal(0xA5, value));
        Assert.All(buffer[^guard..], value => Assert.Equal(0xA5, value));
        return buffer.AsSpan(guard, written).ToArray();
    }
}
