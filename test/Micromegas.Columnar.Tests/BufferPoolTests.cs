namespace Micromegas.Columnar.Tests;

public class BufferPoolTests
{
    [Fact]
    public void A_new_buffer_is_at_most_a_quarter_larger_than_asked_for_above_64_KiB()
    {
        for (var bytes = 1L; bytes < 200L << 20; bytes += 1 + (bytes / 61))
        {
            var capacity = BufferPool.CapacityFor(bytes);
            Assert.InRange(capacity, bytes, bytes <= 1 << 10 ? 1 << 10 : bytes <= 64 << 10 ? 2 * bytes : (bytes * 5 / 4) + (1 << 20 >> (bytes < 1 << 20 ? 20 : 0)));
            // What is asked for in its full size comes in that size.
            Assert.Equal(capacity, BufferPool.CapacityFor(capacity));
        }
        Assert.Equal(80 << 10, BufferPool.CapacityFor((64 << 10) + 1));
        Assert.Equal(128 << 20, BufferPool.CapacityFor(128 << 20));
        Assert.Equal(129 << 20, BufferPool.CapacityFor((128 << 20) + 1));
    }

    [Fact]
    public void An_unused_buffer_serves_for_one_that_is_a_little_smaller()
    {
        var pool = new BufferPool();
        var unused = pool.Rent(384 << 10);
        unused.Dispose();
        using (var larger = pool.Rent(400 << 10))
        {
            Assert.NotSame(unused, larger);
        }
        using var smaller = pool.Rent(300 << 10);
        Assert.Same(unused, smaller);
        using var smallest = pool.Rent(80 << 10);
        Assert.Equal(80 << 10, smallest.Capacity);
    }

    [Theory]
    [InlineData((4 << 20) - 1, false)]
    [InlineData(4 << 20, true)]
    [InlineData(5_000_000, true)]
    [InlineData(40_000_001, false)]
    [InlineData(40_000_001, true)]
    public unsafe void Large_buffers_are_there_from_the_first_byte_to_the_slack(int bytes, bool isLimited)
    {
        // Nothing is kept: where memory is limited each buffer is mapped, and gone when it is returned.
        var pool = new BufferPool(0);
        if (isLimited)
        {
            pool.AddLimit(1 << 30);
        }
        var buffers = new List<NativeBuffer>();
        for (var i = 0; i < 4; i++)
        {
            var buffer = pool.Rent(bytes);
            Assert.Equal(0, (nint)buffer.Pointer % 64);
            new Span<byte>(buffer.Pointer, (int)buffer.Capacity + NativeBuffer.Slack).Fill((byte)i);
            buffers.Add(buffer);
        }
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(-1, buffers[i].Span.IndexOfAnyExcept((byte)i));
            buffers[i].Dispose();
        }
        Assert.Equal(0, pool.HeldBytes);
    }

    [Fact]
    public unsafe void Counts_what_is_rented_and_reuses_what_came_back()
    {
        var pool = new BufferPool();
        var first = pool.Rent(5000);
        Assert.Equal(1, pool.OutstandingCount);
        Assert.Equal(8192, pool.OutstandingBytes);
        Assert.Equal(0, (nint)first.Pointer % 64);
        var pointer = (nint)first.Pointer;
        first.Dispose();
        first.Dispose();
        Assert.Equal(0, pool.OutstandingCount);
        Assert.Equal(0, pool.OutstandingBytes);
        Assert.Equal(8192, pool.RetainedBytes);
        using var second = pool.Rent(8192);
        Assert.Equal(pointer, (nint)second.Pointer);
        Assert.Equal(0, pool.RetainedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(112 << 10)]
    [InlineData(128 << 10)]
    [InlineData(5 << 20)]
    [InlineData(200 << 20)]
    public unsafe void Every_byte_of_a_buffer_and_of_what_lies_behind_it_can_be_written(int bytes)
    {
        // Nothing unused is kept: each buffer is freed at once, and comes anew.
        var pool = new BufferPool(0);
        for (var i = 0; i < 3; i++)
        {
            using var buffer = pool.Rent(bytes);
            Assert.Equal(0, (nint)buffer.Pointer % 64);
            buffer.Pointer[0] = 1;
            buffer.Pointer[buffer.Capacity - 1] = 2;
            new Span<byte>(buffer.Pointer + buffer.Capacity, NativeBuffer.Slack).Fill(3);
            Assert.Equal(1, buffer.Pointer[0]);
            Assert.Equal(2, buffer.Pointer[buffer.Capacity - 1]);
        }
        Assert.Equal(0, pool.HeldBytes);
    }

    [Fact]
    public void Keeps_no_more_than_its_limit()
    {
        var pool = new BufferPool(10_000);
        var buffers = Enumerable.Range(0, 4).Select(_ => pool.Rent(4096)).ToArray();
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }
        Assert.Equal(8192, pool.RetainedBytes);
        pool.Trim();
        Assert.Equal(0, pool.RetainedBytes);
    }

    [Fact]
    public unsafe void Slack_behind_the_capacity_may_be_touched()
    {
        var pool = new BufferPool();
        using var buffer = pool.Rent(1024);
        new Span<byte>(buffer.Pointer, (int)buffer.Capacity + NativeBuffer.Slack).Fill(0xff);
        Assert.Equal(0xff, buffer.Pointer[buffer.Capacity + NativeBuffer.Slack - 1]);
    }

    [Fact]
    public async Task Is_safe_for_many_threads()
    {
        var pool = new BufferPool(1 << 20);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var held = new Queue<NativeBuffer>();
            for (var i = 0; i < 5000; i++)
            {
                var buffer = pool.Rent(random.Next(100_000));
                buffer.Span[0] = (byte)i;
                held.Enqueue(buffer);
                if (held.Count > 8)
                {
                    held.Dequeue().Dispose();
                }
            }
            while (held.TryDequeue(out var left))
            {
                left.Dispose();
            }
        })));
        Assert.Equal(0, pool.OutstandingCount);
        Assert.Equal(0, pool.OutstandingBytes);
        Assert.InRange(pool.RetainedBytes, 0, 1 << 20);
    }
}
