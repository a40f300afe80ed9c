using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Lake.Writing;

/// <summary>Closed blocks that wait for the store, in the order in which they were closed. Thread-safe.</summary>
internal sealed class BlockBacklog(long limit)
{
    // A monitor, not a Lock: recorders wait in it for room.
    private readonly object _gate = new();
    private readonly Queue<SealedBlock> _blocks = [];
    private long _bytes;
    private long _added;
    private long _removed;
    private Exception? _failure;

    /// <summary>How many blocks ever came.</summary>
    public long Added
    {
        get
        {
            lock (_gate)
            {
                return _added;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _blocks.Count;
            }
        }
    }

    public void Add(SealedBlock block)
    {
        lock (_gate)
        {
            _blocks.Enqueue(block);
            _bytes += block.Length;
            _added++;
        }
    }

    /// <summary>The oldest block, if it is one of the first <paramref name="upTo"/> that ever came. It stays until <see cref="Remove"/>.</summary>
    public bool TryPeek(long upTo, [NotNullWhen(true)] out SealedBlock? block)
    {
        lock (_gate)
        {
            block = null;
            return _removed < upTo && _blocks.TryPeek(out block);
        }
    }

    /// <summary>Encodes the oldest block, which makes it smaller.</summary>
    public byte[] Encode(SealedBlock block)
    {
        int before = block.Length;
        byte[] payload = block.Payload();
        lock (_gate)
        {
            Shrink(before - block.Length);
        }
        return payload;
    }

    /// <summary>The oldest block was stored.</summary>
    public void Remove(SealedBlock block)
    {
        lock (_gate)
        {
            _blocks.Dequeue();
            _removed++;
            _failure = null;
            Shrink(block.Length);
        }
    }

    /// <summary>The oldest block could not be stored; whoever waits for room is told.</summary>
    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure = failure;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits while the store is merely slow.</summary>
    /// <exception cref="LakeException">The store fails, and the buffer is full.</exception>
    public void WaitForRoom()
    {
        if (Volatile.Read(ref _bytes) < limit)
        {
            return;
        }
        lock (_gate)
        {
            while (_bytes >= limit)
            {
                if (_failure is { } failure)
                {
                    throw new LakeException(
                        "58030", $"telemetry cannot be stored, and its buffer of {limit} bytes is full; this event was not recorded: {failure.Message}", failure);
                }
                Monitor.Wait(_gate);
            }
        }
    }

    private void Shrink(int bytes)
    {
        _bytes -= bytes;
        Monitor.PulseAll(_gate);
    }
}
