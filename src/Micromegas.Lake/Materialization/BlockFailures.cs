using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Microsoft.Extensions.Logging;

namespace Micromegas.Lake.Materialization;

/// <summary>Tells the statement and the log of blocks whose rows are missing, and gathers them for the catalogue.</summary>
internal sealed class BlockFailures(string viewSet, ILogger logger, TimeProvider clock)
{
    private readonly List<FailedBlock> _failed = [];

    public void Report(DecodedBlock block, QueryContext? context)
    {
        Guid id = block.Source.Block.BlockId;
        if (block.Failure is { } failure)
        {
            Log.BlockFailed(logger, id, viewSet, failure);
            context?.Warn?.Invoke($"block {id} gives no rows to {viewSet}: {failure}");
            lock (_failed)
            {
                _failed.Add(new FailedBlock(id, viewSet, failure, CatalogTime.Now(clock)));
            }
        }
        Warn(block.Source, block.Warnings, context);
    }

    /// <summary>Tells what was skipped in a block.</summary>
    public void Warn(SourceBlock block, IReadOnlyList<string> warnings, QueryContext? context)
    {
        Guid id = block.Block.BlockId;
        foreach (string warning in warnings)
        {
            Log.BlockWarning(logger, id, viewSet, warning);
            context?.Warn?.Invoke($"block {id}: {warning}");
        }
    }

    /// <summary>What was gathered since the last call.</summary>
    public IReadOnlyList<FailedBlock> Take()
    {
        lock (_failed)
        {
            FailedBlock[] taken = [.. _failed];
            _failed.Clear();
            return taken;
        }
    }
}
