namespace Micromegas.Formats.Tests;

/// <summary>Frames written by hand (RFC 8878): magic number, header, then blocks; the decoder is the system's.</summary>
public sealed class ZstandardFrameTests
{
    /// <summary>A single-segment frame of five bytes: one raw block "hello".</summary>
    private static readonly byte[] Hello = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 5, 0x29, 0, 0, .. "hello"u8];

    /// <summary>A frame of a thousand times 'x': one block that repeats a byte.</summary>
    private static readonly byte[] Repeated = [0x28, 0xB5, 0x2F, 0xFD, 0x60, 0xE8, 0x02, 0x43, 0x1F, 0, (byte)'x'];

    [Fact]
    public void Frames_decompress_one_behind_the_other()
    {
        Assert.True(ZstandardFrame.IsSupported, ZstandardFrame.HowToInstall);
        byte[] target = new byte[1010];
        Assert.Equal(1010, ZstandardFrame.Decompress([.. Hello, .. Repeated, .. Hello], target));
        Assert.Equal([.. "hello"u8, .. Enumerable.Repeat((byte)'x', 1000), .. "hello"u8], target);
        Assert.Equal(0, ZstandardFrame.Decompress([], []));
    }

    [Fact]
    public void Damaged_frames_and_short_targets_give_a_typed_error()
    {
        Assert.Throws<CorruptDataException>(() => ZstandardFrame.Decompress(Repeated, new byte[999]));
        Assert.Throws<CorruptDataException>(() => ZstandardFrame.Decompress(Hello.AsSpan(0, Hello.Length - 1), new byte[5]));
        byte[] target = new byte[4096];
        Random random = new(5);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Hello, .. Repeated];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.InRange(ZstandardFrame.Decompress(bytes, target), 0, target.Length);
            }
            catch (CorruptDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, 1999);
    }

    [Fact]
    public void Without_the_library_the_error_says_what_to_install()
    {
        Assert.Null(ZstandardLibrary.Load(["no-such-library-zstd", "libc.so.6"]));
        DllNotFoundException error = Assert.Throws<DllNotFoundException>(() => ZstandardFrame.Decompress(null, Hello, new byte[5]));
        Assert.Contains("libzstd1", error.Message, StringComparison.Ordinal);
    }
}
