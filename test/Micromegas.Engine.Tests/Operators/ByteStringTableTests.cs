using System.Text;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Texts are hashed sixteen bytes at a time, what lies behind a short one notwithstanding.</summary>
public sealed unsafe class ByteStringTableTests
{
    [Fact]
    public void A_hash_depends_on_the_bytes_of_the_text_only()
    {
        var random = new Random(5);
        for (var length = 0; length < 80; length++)
        {
            var first = new byte[length + 64];
            var second = new byte[length + 64];
            random.NextBytes(first);
            random.NextBytes(second);
            first.AsSpan(0, length).CopyTo(second);
            fixed (byte* one = first, other = second)
            {
                Assert.Equal(ByteStringTable.Hash(one, length), ByteStringTable.Hash(other, length));
                Assert.Equal(ByteStringTable.Hash(one, length), ByteStringTable.Hash(first.AsSpan(0, length)));
            }
            // Every bit counts, and so does the length.
            var hash = ByteStringTable.Hash(first.AsSpan(0, length));
            for (var bit = 0; bit < 8 * length; bit++)
            {
                first[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(hash, ByteStringTable.Hash(first.AsSpan(0, length)));
                first[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        Assert.Equal(40, Enumerable.Range(0, 40).Select(static length => ByteStringTable.Hash(new byte[length])).Distinct().Count());
    }

    /// <summary>Texts that differ little fall into slots and partitions as if at random: of as many slots as texts some 37 in a hundred stay free.</summary>
    [Theory]
    [InlineData("{0}")]
    [InlineData("item {0}")]
    [InlineData("{0:00000000}")]
    [InlineData("Loaded asset /Game/Maps/Zone_{0}")]
    [InlineData("{0} packets, last sequence 12345678901234567890")]
    public void Like_texts_spread(string format)
    {
        const int Count = 1 << 16;
        var hashes = Enumerable.Range(0, Count).Select(i => ByteStringTable.Hash(Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, i)))).ToArray();
        Assert.InRange(hashes.Distinct().Count(), Count - 5, Count);
        Assert.InRange(hashes.Select(static hash => hash & (Count - 1)).Distinct().Count(), Count * 62 / 100, Count * 65 / 100);
        Assert.InRange(hashes.Select(static hash => hash >> 16).Distinct().Count(), Count * 62 / 100, Count * 65 / 100);
    }

    [Fact]
    public void Texts_get_their_numbers_in_order_of_appearance()
    {
        var random = new Random(9);
        var known = new Dictionary<string, int>();
        using var table = new ByteStringTable();
        for (var i = 0; i < 60_000; i++)
        {
            // Zero bytes at the end make another text, although what is hashed of a short one is filled up with them.
            var text = new string(i % 3 == 0 ? '\0' : 'k', random.Next(40)) + random.Next(700) + new string('\0', random.Next(4));
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.Equal(known.TryGetValue(text, out var number) ? number : -1, table.Find(bytes));
            known.TryAdd(text, known.Count);
            Assert.Equal(known[text], table.Add(bytes));
        }
        Assert.Equal(known.Count, table.Count);
        Assert.All(known, pair => Assert.Equal(pair.Key, Encoding.UTF8.GetString(table[pair.Value])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20_000)]
    public void The_filter_lets_all_strings_pass_and_few_others(int count)
    {
        using var table = new ByteStringTable();
        for (var i = 0; i < count; i++)
        {
            table.Add(Encoding.UTF8.GetBytes($"text {i}"));
        }
        Assert.False(table.HasFilter);
        table.BuildFilter();
        Assert.True(table.HasFilter);
        bool Passes(int i) => table.MayHave(ByteStringTable.Hash(Encoding.UTF8.GetBytes($"text {i}")));
        Assert.All(Enumerable.Range(0, count), i => Assert.True(Passes(i)));
        Assert.InRange(Enumerable.Range(1_000_000, 10_000).Count(Passes), 0, 1_000);
    }
}
