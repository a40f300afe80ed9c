using System.Globalization;
using Micromegas.Engine.Execution;

namespace Micromegas.Data.Execution;

/// <summary>
/// The life of one run of a command: who may end it (the caller's token, <c>Cancel()</c>, the time-out) and which exception each of them gives.
/// </summary>
internal sealed class CommandExecution : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TimeSpan _timeout;
    private int _reason;

    internal CommandExecution(int timeoutSeconds) => _timeout = timeoutSeconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(timeoutSeconds);

    private enum Reason
    {
        None,
        Token,
        Cancel,
        TimedOut,
    }

    /// <summary>Cancelled by whichever reason comes first.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>For a call whose token is cancelled before it begins: what it throws is what it would have thrown while it ran.</summary>
    internal static OperationCanceledException CancelledBefore(CancellationToken cancellationToken) => CancelledBy(null, cancellationToken);

    /// <summary>Ends the run; the waiting call throws 57014.</summary>
    internal void Cancel() => End(Reason.Cancel);

    /// <summary>Runs one step under the time-out and the caller's token; both apply to this call only, as the time between calls is the caller's.</summary>
    internal async ValueTask<T> RunAsync<T, TState>(TState state, Func<TState, CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            End(Reason.Token);
            throw Translate(null, cancellationToken);
        }

        var registration = cancellationToken.UnsafeRegister(static execution => ((CommandExecution)execution!).End(Reason.Token), this);

        // A step that the thread computes itself does not return before it has ended.
        var timer = BlockedCaller.IsHere ? StartTimer() : null;
        try
        {
            var pending = step(state, Token);
            if (pending.IsCompleted)
            {
                return await pending.ConfigureAwait(false);
            }

            timer ??= StartTimer();
            return await pending.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (_source.IsCancellationRequested)
        {
            throw Translate(e, cancellationToken);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            if (timer is not null)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _source.Dispose();

    private Timer? StartTimer() => _timeout == Timeout.InfiniteTimeSpan
        ? null
        : new Timer(static execution => ((CommandExecution)execution!).End(Reason.TimedOut), this, _timeout, Timeout.InfiniteTimeSpan);

    private void End(Reason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)Reason.None) == (int)Reason.None)
        {
            _source.Cancel();
        }
    }

    private Exception Translate(OperationCanceledException? cause, CancellationToken cancellationToken)
    {
        switch ((Reason)Volatile.Read(ref _reason))
        {
            case Reason.TimedOut:
                var message = string.Create(CultureInfo.InvariantCulture, $"The command did not finish within its time-out of {_timeout.TotalSeconds} s.");
                return new MicromegasException(message, MicromegasErrorCodes.QueryCanceled, innerException: new TimeoutException(message, cause));
            case Reason.Token when cancellationToken.IsCancellationRequested:
                return CancelledBy(cause, cancellationToken);
            default:
                return Cancelled(cause);
        }
    }

    private static OperationCanceledException CancelledBy(OperationCanceledException? cause, CancellationToken cancellationToken)
        => new("The command was cancelled.", Cancelled(cause), cancellationToken);

    private static MicromegasException Cancelled(OperationCanceledException? cause)
        => new("The command was cancelled.", MicromegasErrorCodes.QueryCanceled, innerException: cause);
}
