using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Tests.Expressions;

public sealed class LikeFaultTests
{
    [Fact]
    public void A_LIKE_that_is_cancelled_gives_its_buffer_back()
    {
        using var texts = Texts("text");
        using var patterns = Texts("%t_");
        using var kernel = new LikeKernel(ignoreCase: false, negated: false);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var budget = MemoryBudget.Unlimited();
        var before = Interruption.Enter(budget, cancellation.Token);
        try
        {
            Assert.ThrowsAny<OperationCanceledException>(() => kernel.Compute([texts, patterns], null, 100, null));
        }
        finally
        {
            Interruption.Leave(before);
        }
        Assert.True(budget.Peak > 0);
        Assert.Equal(0, budget.RentedBytes);
    }

    private static Vector Texts(string value)
    {
        using var builder = VectorBuilder.Create(DataType.Utf8);
        for (var i = 0; i < 100; i++)
        {
            builder.AppendValue($"{value}{i}");
        }
        return builder.Build();
    }
}
