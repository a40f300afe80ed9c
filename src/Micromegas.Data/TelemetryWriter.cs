using System.Runtime.CompilerServices;
using Micromegas.Data.Execution;
using Micromegas.Lake;
using Micromegas.Lake.Writing;

namespace Micromegas.Data;

/// <summary>
/// Writes the log lines, measures, spans and images of one process into a lake; made by <see cref="MicromegasLake.CreateWriter"/>. Thread-safe. Writing encodes into
/// memory: blocks are compressed and stored in the background when they are full (<see cref="TelemetryWriterOptions.FlushBytes"/>,
/// <see cref="TelemetryWriterOptions.FlushCount"/>), when their time has come (<see cref="TelemetryWriterOptions.FlushPeriod"/>), by a flush, and by disposal.
/// Queries see what was stored.
/// </summary>
/// <remarks>
/// <para>Lines and measures get the time of the call, to the nanosecond where the machine's counter is that fine.</para>
/// <para>What could not be stored is kept and tried again; nothing is lost or doubled by it. <see cref="FlushAsync"/> and <see cref="DisposeAsync"/> throw when
/// something could not be stored, and may be called again.</para>
/// <para>By the rules of the format a measure's properties <c>name</c>, <c>unit</c> and <c>target</c> replace what the measure itself says. A log line's level
/// and target stay, whatever its properties.</para>
/// </remarks>
public sealed class TelemetryWriter : IDisposable, IAsyncDisposable
{
    private readonly ProcessRecorder _recorder;

    internal TelemetryWriter(LakeHost lake, TelemetryWriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Properties, nameof(options));
        try
        {
            _recorder = new ProcessRecorder(lake, new ProcessRecorderOptions
            {
                ParentProcessId = options.ParentProcessId,
                Exe = options.Exe,
                Username = options.Username,
                RealName = options.RealName,
                Computer = options.Computer,
                Distro = options.Distro,
                CpuBrand = options.CpuBrand,
                Properties = options.Properties,
                FlushPeriod = options.FlushPeriod,
                BlockBytes = options.FlushBytes,
                BlockEvents = options.FlushCount,
                BufferLimit = options.BufferLimit,
            });
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>The id of the process, as in <c>view_instance('log_entries', '…')</c>.</summary>
    public Guid ProcessId => _recorder.ProcessId;

    /// <summary>Writes a log line.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="target">Where it comes from, such as a logger's name; few distinct values.</param>
    /// <param name="message">The text, at most 16 Mi characters.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    /// <exception cref="ArgumentException">The level does not exist, the message is too long, or a text is null.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the line was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Log(TelemetryLevel level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        try
        {
            _recorder.Log((int)level, target, message, properties);
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Writes a measure with an integer value.</summary>
    /// <param name="target">Where it comes from.</param>
    /// <param name="name">What is measured; few distinct values.</param>
    /// <param name="unit">Its unit, may be empty. Integers in the unit <c>ticks</c>, of this machine's counter, are read as seconds.</param>
    /// <param name="value">The value; readers see the nearest <see cref="double"/>.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the measure was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Measure(string target, string name, string unit, long value, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        if (value < 0)
        {
            // The format's integers have no sign.
            Measure(target, name, unit, (double)value, properties);
            return;
        }

        try
        {
            _recorder.Measure(target, name, unit, (ulong)value, properties);
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Writes a measure with a floating-point value; everything else as for integers, but without conversion of <c>ticks</c>.</summary>
    /// <param name="target">Where it comes from.</param>
    /// <param name="name">What is measured; few distinct values.</param>
    /// <param name="unit">Its unit, may be empty.</param>
    /// <param name="value">The value.</param>
    /// <param name="properties">Any properties; of equal names the last stays.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the measure was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Measure(string target, string name, string unit, double value, IReadOnlyCollection<KeyValuePair<string, string>>? properties = null)
    {
        try
        {
            _recorder.Measure(target, name, unit, value, properties);
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Begins a span of the calling thread, a row of <c>thread_spans</c>; <c>using</c> ends it. Spans inside it end with it at the latest.</summary>
    /// <param name="target">The part of the program.</param>
    /// <param name="name">What is done; few distinct values.</param>
    /// <param name="file">Source file; the compiler fills it in.</param>
    /// <param name="line">Line in the file; the compiler fills it in.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the span was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public TelemetrySpan Span(string target, string name, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        try
        {
            return new TelemetrySpan(_recorder.BeginSpan(target, name, file, line));
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Begins an asynchronous span, two rows of <c>async_events</c>; <c>using</c> ends it, on whatever thread.</summary>
    /// <param name="target">The part of the program.</param>
    /// <param name="name">What is done; few distinct values.</param>
    /// <param name="parent">The span that it belongs to, if any.</param>
    /// <param name="file">Source file; the compiler fills it in.</param>
    /// <param name="line">Line in the file; the compiler fills it in.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the span was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public TelemetryAsyncSpan AsyncSpan(
        string target, string name, TelemetryAsyncSpan? parent = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        try
        {
            return new TelemetryAsyncSpan(_recorder.BeginAsyncSpan(target, name, parent?.Handle, file, line));
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Writes an image, a row of <c>images</c>.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="format">Its media type, such as <c>image/png</c>.</param>
    /// <param name="data">Its bytes, at most 64 MiB.</param>
    /// <exception cref="ArgumentException">A text is null, or the image is too large.</exception>
    /// <exception cref="MicromegasException">The store fails and the buffer is full: the image was not taken.</exception>
    /// <exception cref="ObjectDisposedException">The writer was disposed.</exception>
    public void Image(string name, string format, ReadOnlySpan<byte> data)
    {
        try
        {
            _recorder.Image(name, format, data);
        }
        catch (LakeException e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Stores everything that was written before the call; queries see it afterwards.</summary>
    /// <exception cref="MicromegasException">Something could not be stored. It is kept; the next flush goes on with it.</exception>
    public void Flush() => Blocking.Wait(() => new ValueTask(FlushAsync(CancellationToken.None)));

    /// <summary>Stores everything that was written before the call; queries see it afterwards.</summary>
    /// <param name="cancellationToken">Ends the waiting; what was not stored is kept.</param>
    /// <exception cref="MicromegasException">Something could not be stored. It is kept; the next flush goes on with it.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _recorder.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    /// <summary>Stores what was written, and takes no more.</summary>
    /// <exception cref="MicromegasException">Something could not be stored. It is kept; the call may be made again.</exception>
    public void Dispose() => Blocking.Wait(DisposeAsync);

    /// <summary>Stores what was written, and takes no more.</summary>
    /// <exception cref="MicromegasException">Something could not be stored. It is kept; the call may be made again.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _recorder.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }
}
