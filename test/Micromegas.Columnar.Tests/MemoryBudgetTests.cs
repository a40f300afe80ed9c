namespace Micromegas.Columnar.Tests;

public class MemoryBudgetTests
{
    [Fact]
    public void What_a_child_takes_counts_in_its_parents()
    {
        var process = new MemoryBudget(1000);
        var command = new MemoryBudget(600, process);
        var other = new MemoryBudget(600, process);
        Assert.True(command.TryReserve(600));
        Assert.False(command.TryReserve(1));
        Assert.Equal(600, process.Used);
        Assert.False(other.TryReserve(401));
        Assert.Equal(0, other.Used);
        Assert.Equal(600, process.Used);
        Assert.True(other.TryReserve(400));
        command.Release(600);
        Assert.Equal(400, process.Used);
        Assert.Equal(1000, process.Peak);
        Assert.Equal(600, command.Peak);
    }

    [Fact]
    public void More_cannot_be_released_than_was_taken()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryReserve(10));
        Assert.Throws<InvalidOperationException>(() => budget.Release(11));
    }

    [Fact]
    public void A_reservation_gives_everything_back()
    {
        var budget = new MemoryBudget(100);
        using (var reservation = new MemoryReservation(budget, "sort"))
        {
            reservation.Grow(40);
            Assert.True(reservation.TryResize(90));
            Assert.True(reservation.TryResize(30));
            Assert.Equal(30, budget.Used);
            Assert.False(reservation.TryGrow(71));
            var error = Assert.Throws<MemoryLimitException>(() => reservation.Grow(71));
            Assert.Equal(71, error.Requested);
            Assert.Equal("sort", error.Owner);
            Assert.Equal(30, reservation.Bytes);
            Assert.Throws<ArgumentOutOfRangeException>(() => reservation.Shrink(31));
        }
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Many_threads_never_exceed_the_limit()
    {
        const long Limit = 10_000;
        var process = new MemoryBudget(Limit);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            using var reservation = new MemoryReservation(new MemoryBudget(Limit, process), "worker");
            for (var i = 0; i < 20_000; i++)
            {
                if (!reservation.TryGrow(random.Next(2000)))
                {
                    reservation.TryResize(0);
                }
                Assert.InRange(process.Used, 0, Limit);
            }
        })));
        Assert.Equal(0, process.Used);
        Assert.InRange(process.Peak, 1, Limit);
    }

    [Fact]
    public void No_limit_is_no_overflow()
    {
        var budget = MemoryBudget.Unlimited();
        Assert.True(budget.TryReserve(long.MaxValue - 5));
        Assert.False(budget.TryReserve(6));
    }
}
