using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>One stream of a process: the block that is being filled. Thread-safe.</summary>
/// <param name="stream">The stream's row.</param>
/// <param name="process">The process's row.</param>
/// <param name="clock">Gives events their time.</param>
/// <param name="options">How large blocks grow.</param>
/// <param name="backlog">Takes closed blocks.</param>
/// <param name="isContinuous">Each block begins where the one before ended, so that spans may reach across (spec/data-lake.md §6.1).</param>
internal sealed class RecordedStream<TWriter>(
    StreamRecord stream, ProcessRecord process, TimeProvider clock, ProcessRecorderOptions options, BlockBacklog backlog, bool isContinuous = false)
    where TWriter : BlockWriter, new()
{
    private readonly Lock _gate = new();
    private readonly TickConverter _times = Times(process);
    private TWriter? _open;
    private TWriter? _spare;
    private long _firstTicks;
    private long _lastTicks;
    private long _offset;
    private bool _closed;

    /// <summary>Records an event; true when that filled a block, which then waits in the backlog.</summary>
    /// <exception cref="ObjectDisposedException">The stream was closed.</exception>
    public bool Add<TEvent>(TEvent recorded)
        where TEvent : IRecordedEvent<TWriter>, allows ref struct
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ProcessRecorder));
            TWriter block = _open ??= Interlocked.Exchange(ref _spare, null) ?? new TWriter();
            // Read under the lock, so that times never go back within a stream.
            long ticks = clock.GetTimestamp();
            recorded.AddTo(block, ticks);
            if (block.Count == 1)
            {
                _firstTicks = isContinuous && _offset > 0 ? _lastTicks : ticks;
            }
            _lastTicks = ticks;
            if (block.Count < options.BlockEvents && block.Length < options.BlockBytes)
            {
                return false;
            }
            SealOpen(block);
            return true;
        }
    }

    /// <summary>Closes the block, unless it is empty.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            if (_open is { Count: > 0 } block)
            {
                SealOpen(block);
            }
        }
    }

    /// <summary>Closes the block and takes no further events.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Seal();
            _open?.Dispose();
            _open = null;
        }
    }

    private static TickConverter Times(ProcessRecord process) =>
        TickConverter.TryCreate(new ProcessClock(process.TscFrequency, process.StartTicks, process.StartTime), 0, 0, out TickConverter times)
            ? times
            : throw new InvalidOperationException("The time provider's counter has no frequency.");

    private void SealOpen(TWriter block)
    {
        var row = new BlockRecord
        {
            BlockId = Guid.NewGuid(),
            StreamId = stream.StreamId,
            ProcessId = stream.ProcessId,
            BeginTicks = _firstTicks - process.StartTicks,
            EndTicks = _lastTicks - process.StartTicks,
            // By the conversion that readers apply to the events, and outwards to whole microseconds: whoever looks for blocks by time finds each of them.
            BeginTime = CatalogTime.Truncate(_times.FromAbsolute(_firstTicks)),
            EndTime = CatalogTime.Truncate(_times.FromAbsolute(_lastTicks) + 999),
            ObjectCount = block.Count,
            ObjectOffset = _offset,
        };
        _offset += block.Count;
        _open = null;
        backlog.Add(new SealedBlock(stream, row, block, Reuse));
    }

    private void Reuse(BlockWriter block)
    {
        block.Clear();
        Interlocked.Exchange(ref _spare, (TWriter)block)?.Dispose();
    }
}
