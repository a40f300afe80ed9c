using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;
using Micromegas.Storage;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>
/// Writes one process's log lines, measures, spans and images into a lake, as native blocks in the shapes of upstream's Rust client (spec/data-lake.md §5). Thread-safe.
/// Recording encodes into memory; blocks are compressed and stored in the background when they are full, when their time has come, or when somebody flushes.
/// </summary>
/// <remarks>
/// What could not be stored stays in memory and is tried again: with the next block, after a while, or by the next flush. An object is put before its row is
/// inserted and both under keys of their own, so attempts whose success was not noticed do not double anything (spec/data-lake.md §2.4).
/// </remarks>
public sealed class ProcessRecorder : IAsyncDisposable
{
    // A block holds at least one event whole, and readers bound what a block may grow to.
    private const int MaxMessageLength = 16 << 20;
    private const int MaxImageLength = 64 << 20;

    private static readonly TimeSpan s_firstRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastRetryDelay = TimeSpan.FromMinutes(1);

    private readonly LakeHost _lake;
    private readonly ProcessRecord _process;
    private readonly BlockBacklog _backlog;
    private readonly RecordedStream<LogBlockWriter> _logs;
    private readonly RecordedStream<MetricBlockWriter> _metrics;
    private readonly RecordedStream<ImageBlockWriter> _images;
    private readonly ProcessRecorderOptions _options;
    private readonly ConcurrentDictionary<ThreadRecorder, bool> _threads = new();
    private readonly ThreadLocal<ThreadRecorder> _thread;
    private readonly SemaphoreSlim _storing = new(1);
    private readonly ITimer _flushTimer;
    private readonly ITimer _retryTimer;
    private TimeSpan _retryDelay = s_firstRetryDelay;
    private int _woken;
    private long _lastAsyncSpan;
    private volatile bool _closed;

    /// <summary>Begins a process's telemetry. Nothing is written before the first block is.</summary>
    /// <exception cref="LakeException">The lake is open for reading only.</exception>
    /// <exception cref="ArgumentException">An option has a value that it must not have.</exception>
    public ProcessRecorder(LakeHost lake, ProcessRecorderOptions options)
    {
        ArgumentNullException.ThrowIfNull(lake);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (lake.IsReadOnly)
        {
            throw Throw.ReadOnly();
        }
        _lake = lake;
        TimeProvider clock = lake.Options.TimeProvider;
        _process = ProcessRows.Process(options, clock);
        _backlog = new BlockBacklog(options.BufferLimit);
        _logs = new RecordedStream<LogBlockWriter>(
            ProcessRows.Stream(ProcessId, "log", LogBlockWriter.DependenciesMetadata, LogBlockWriter.ObjectsMetadata), _process, clock, options, _backlog);
        _metrics = new RecordedStream<MetricBlockWriter>(
            ProcessRows.Stream(ProcessId, "metrics", MetricBlockWriter.DependenciesMetadata, MetricBlockWriter.ObjectsMetadata), _process, clock, options, _backlog);
        _images = new RecordedStream<ImageBlockWriter>(
            ProcessRows.Stream(ProcessId, "image", ImageBlockWriter.DependenciesMetadata, ImageBlockWriter.ObjectsMetadata), _process, clock, options, _backlog);
        _options = options;
        _thread = new ThreadLocal<ThreadRecorder>(AddThread);
        _retryTimer = clock.CreateTimer(static state => ((ProcessRecorder)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _flushTimer = clock.CreateTimer(static state => ((ProcessRecorder)state!).FlushInBackground(), this, options.FlushPeriod, options.FlushPeriod);
    }

    /// <summary>The id under which the lake knows the process.</summary>
    public Guid ProcessId => _process.ProcessId;

    /// <summary>Records a log line.</summary>
    /// <param name="level">1 Fatal, 2 Error, 3 Warn, 4 Info, 5 Debug, 6 Trace.</param>
    /// <param name="target">Where it comes from, such as a logger's name.</param>
    /// <param name="message">The text, at most 16 Mi characters.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    /// <exception cref="LakeException">The store fails and the buffer is full: the line was not recorded.</exception>
    /// <exception cref="ObjectDisposedException">The recorder was disposed.</exception>
    public void Log(int level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>>? properties)
    {
        if (message.Length > MaxMessageLength)
        {
            throw new ArgumentException($"A message has at most {MaxMessageLength} characters.", nameof(message));
        }
        _backlog.WaitForRoom();
        if (_logs.Add(new LogLine(level, target, message, properties)))
        {
            Wake();
        }
    }

    /// <summary>Records an integer measure. In the unit <c>ticks</c> readers see seconds (spec/data-lake.md §5.5).</summary>
    /// <inheritdoc cref="Log" path="/exception"/>
    public void Measure(string target, string name, string unit, ulong value, IReadOnlyCollection<KeyValuePair<string, string>>? properties) =>
        AddMeasure(new IntegerMeasure(target, name, unit, value, properties));

    /// <summary>Records a floating-point measure.</summary>
    /// <inheritdoc cref="Log" path="/exception"/>
    public void Measure(string target, string name, string unit, double value, IReadOnlyCollection<KeyValuePair<string, string>>? properties) =>
        AddMeasure(new FloatMeasure(target, name, unit, value, properties));

    /// <summary>Begins a span of the calling thread.</summary>
    /// <returns>The span, to be ended.</returns>
    /// <inheritdoc cref="Log" path="/exception"/>
    public ThreadSpanHandle BeginSpan(string target, string name, string file, int line)
    {
        ThreadRecorder thread = CurrentThread();
        return new ThreadSpanHandle(thread, thread.Begin(Site(target, name, file, line)));
    }

    /// <summary>Begins an asynchronous span, which may end on another thread.</summary>
    /// <returns>The span, to be ended.</returns>
    /// <inheritdoc cref="Log" path="/exception"/>
    public AsyncSpanHandle BeginAsyncSpan(string target, string name, AsyncSpanHandle? parent, string file, int line)
    {
        var span = new AsyncSpanHandle(this, Site(target, name, file, line), Interlocked.Increment(ref _lastAsyncSpan), parent);
        CurrentThread().AddAsync(true, span.Site, span.Number, span.ParentNumber, span.Depth);
        return span;
    }

    /// <summary>Records an image.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="format">Its media type, such as <c>image/png</c>.</param>
    /// <param name="data">Its bytes, at most 64 MiB.</param>
    /// <inheritdoc cref="Log" path="/exception"/>
    public void Image(string name, string format, ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxImageLength)
        {
            throw new ArgumentException($"An image has at most {MaxImageLength} bytes.", nameof(data));
        }
        _backlog.WaitForRoom();
        if (_images.Add(new Picture(name, format, data)))
        {
            Wake();
        }
    }

    internal void EndAsyncSpan(AsyncSpanHandle span)
    {
        if (!_closed)
        {
            CurrentThread().AddAsync(false, span.Site, span.Number, span.ParentNumber, span.Depth);
        }
    }

    /// <summary>Stores everything that was recorded before the call; afterwards queries see it.</summary>
    /// <exception cref="LakeException">The catalogue failed, or the lake was closed. What was not stored is kept, and the next flush goes on with it.</exception>
    /// <exception cref="ObjectStoreException">The store failed; likewise.</exception>
    public async Task FlushAsync(CancellationToken ct)
    {
        SealAll();
        await StoreAsync(_backlog.Added, ct).ConfigureAwait(false);
    }

    /// <summary>Takes no more events and stores what it has. When that fails the same call, or a flush, may be made again.</summary>
    /// <inheritdoc cref="FlushAsync" path="/exception"/>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        _logs.Close();
        _metrics.Close();
        _images.Close();
        foreach (ThreadRecorder thread in _threads.Keys)
        {
            thread.Close();
        }
        await _flushTimer.DisposeAsync().ConfigureAwait(false);
        await _retryTimer.DisposeAsync().ConfigureAwait(false);
        await StoreAsync(_backlog.Added, CancellationToken.None).ConfigureAwait(false);
    }

    private void AddMeasure<TMeasure>(TMeasure measure)
        where TMeasure : IRecordedEvent<MetricBlockWriter>
    {
        _backlog.WaitForRoom();
        if (_metrics.Add(measure))
        {
            Wake();
        }
    }

    private void FlushInBackground()
    {
        SealAll();
        Wake();
    }

    private void SealAll()
    {
        _logs.Seal();
        _metrics.Seal();
        _images.Seal();
        foreach (ThreadRecorder thread in _threads.Keys)
        {
            // Asked first: what a thread does last must still be sealed.
            bool isDone = thread.IsDone;
            thread.Seal();
            if (isDone)
            {
                _threads.TryRemove(thread, out _);
            }
        }
    }

    private ThreadRecorder CurrentThread()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(ProcessRecorder));
        return _thread.Value!;
    }

    private ThreadRecorder AddThread()
    {
        var thread = Thread.CurrentThread;
        var stream = new RecordedStream<SpanBlockWriter>(
            ProcessRows.ThreadStream(ProcessId, thread), _process, _lake.Options.TimeProvider, _options, _backlog, isContinuous: true);
        var recorder = new ThreadRecorder(thread, stream, _backlog, Wake);
        _threads.TryAdd(recorder, true);
        return recorder;
    }

    private static SpanSite Site(string target, string name, string file, int line)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(file);
        return new SpanSite(name, target, file, line);
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            _ = Task.Run(StoreInBackgroundAsync);
        }
    }

    private async Task StoreInBackgroundAsync()
    {
        await _storing.WaitAsync().ConfigureAwait(false);
        try
        {
            // From here on a new block wakes anew.
            Volatile.Write(ref _woken, 0);
            await StoreBlocksAsync(long.MaxValue, CancellationToken.None).ConfigureAwait(false);
            _retryDelay = s_firstRetryDelay;
        }
        catch (Exception e)
        {
            // Nobody awaits this task. The blocks are kept: who flushes or disposes hears of a failure that lasts.
            RecorderLog.NotStored(_lake.Logger, e, ProcessId, _backlog.Count, _retryDelay);
            _retryTimer.Change(_retryDelay, Timeout.InfiniteTimeSpan);
            _retryDelay = TimeSpan.FromTicks(Math.Min(_retryDelay.Ticks * 2, s_lastRetryDelay.Ticks));
        }
        finally
        {
            _storing.Release();
        }
    }

    private async Task StoreAsync(long upTo, CancellationToken ct)
    {
        await _storing.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await StoreBlocksAsync(upTo, ct).ConfigureAwait(false);
        }
        finally
        {
            _storing.Release();
        }
    }

    private async Task StoreBlocksAsync(long upTo, CancellationToken ct)
    {
        while (_backlog.TryPeek(upTo, out SealedBlock? block))
        {
            try
            {
                await StoreAsync(block, ct).ConfigureAwait(false);
            }
            catch (ObjectDisposedException e)
            {
                var closed = new LakeException("08006", $"the lake '{_lake.Name}' was closed before all telemetry was stored", e);
                _backlog.Fail(closed);
                throw closed;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _backlog.Fail(e);
                throw;
            }
            _backlog.Remove(block);
        }
    }

    private async Task StoreAsync(SealedBlock block, CancellationToken ct)
    {
        byte[] payload = _backlog.Encode(block);
        if (!block.IsPut)
        {
            // An object that exists is ours, from an attempt that seemed to fail.
            await _lake.Store.PutAsync(block.Row.ObjectKey, payload, PutMode.CreateOnly, ct).ConfigureAwait(false);
            block.IsPut = true;
        }
        // Process and stream come with every block: retention drops those that have been without blocks for long (spec/data-lake.md §9).
        var rows = new CatalogRows { Processes = [_process], Streams = [block.Stream], Blocks = [block.Row] };
        await _lake.Catalog.InsertAsync(rows, stampInsertTime: true, ct).ConfigureAwait(false);
    }
}
