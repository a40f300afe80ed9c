using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Micromegas.Data.Diagnostics;

/// <summary>Reports one run of a command to whoever listens: an activity, metrics and log messages. There is none when nobody listens.</summary>
internal sealed class CommandTrace
{
    private const string System = "micromegas";
    private readonly DiagnosticSettings _settings;
    private readonly string _text;
    private readonly string _namespace;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly bool _countedActive;
    private string _operation = "";
    private Activity? _activity;
    private Exception? _failure;

    private CommandTrace(DiagnosticSettings settings, string dataSource, string text)
    {
        _settings = settings;
        _text = text;
        _namespace = Path.GetFileName(Path.TrimEndingDirectorySeparator(dataSource));
        Log.CommandExecuting(settings.Commands, text);
        _activity = Instruments.Activities.StartActivity("micromegas", ActivityKind.Client);
        if (_activity is { IsAllDataRequested: true } activity)
        {
            activity.SetTag("db.system.name", System);
            activity.SetTag("db.query.text", text);
            if (_namespace.Length > 0)
            {
                activity.SetTag("db.namespace", _namespace);
            }
        }

        if (_countedActive = Instruments.ActiveCommands.Enabled)
        {
            Instruments.ActiveCommands.Add(1, LakeTags());
        }
    }

    /// <summary>The trace of a run that begins now; null when nobody listens.</summary>
    internal static CommandTrace? Start(DiagnosticSettings settings, string dataSource, string text)
        => Instruments.Activities.HasListeners() || Instruments.AnyEnabled || settings.SlowQueryThreshold is not null || settings.Commands.IsEnabled(LogLevel.Error)
            ? new(settings, dataSource, text)
            : null;

    /// <summary>What the statements are, once they are parsed.</summary>
    /// <param name="operation">The operation, such as SELECT.</param>
    /// <param name="statements">How many there are.</param>
    internal void Describe(string operation, int statements)
    {
        _operation = statements > 1 ? "BATCH " + operation : operation;
        if (_activity is { } activity)
        {
            activity.DisplayName = _namespace.Length > 0 ? $"{_operation} {_namespace}" : _operation;
            if (activity.IsAllDataRequested)
            {
                activity.SetTag("db.operation.name", _operation);
                if (statements > 1)
                {
                    activity.SetTag("db.operation.batch.size", statements);
                }
            }
        }
    }

    /// <summary>The run failed; the first failure counts.</summary>
    internal void Fail(Exception exception) => _failure ??= exception;

    /// <summary>The run has ended.</summary>
    internal void End(MicromegasStatistics statistics)
    {
        var elapsed = Stopwatch.GetElapsedTime(_start);
        var sqlState = ((_failure as MicromegasException) ?? _failure?.InnerException as MicromegasException)?.SqlState;
        var error = _failure is null ? null : sqlState ?? _failure.GetType().FullName;
        var tags = LakeTags();
        if (_operation.Length > 0)
        {
            tags.Add("db.operation.name", _operation);
        }

        if (error is not null)
        {
            tags.Add("error.type", error);
            if (sqlState is not null)
            {
                tags.Add("db.response.status_code", sqlState);
            }
        }

        Measure(elapsed, statistics, tags);
        EndActivity(statistics, sqlState, error);
        Write(elapsed.TotalMilliseconds, statistics, sqlState, elapsed);
    }

    /// <summary>What is asked; the same for the beginning and the end of a run.</summary>
    private TagList LakeTags()
    {
        var tags = new TagList { { "db.system.name", System } };
        if (_namespace.Length > 0)
        {
            tags.Add("db.namespace", _namespace);
        }

        return tags;
    }

    private void Measure(TimeSpan elapsed, MicromegasStatistics statistics, in TagList tags)
    {
        if (_countedActive)
        {
            Instruments.ActiveCommands.Add(-1, LakeTags());
        }

        Instruments.Duration.Record(elapsed.TotalSeconds, tags);
        Instruments.ReturnedRows.Record(statistics.RowsReturned, tags);
        Instruments.BytesRead.Add(statistics.BytesRead, tags);
        Instruments.BlocksDecoded.Add(statistics.BlocksDecoded, tags);
        Instruments.SpilledBytes.Add(statistics.SpilledBytes, tags);
        Instruments.CacheHits.Add(statistics.CacheHits, tags);
    }

    private void EndActivity(MicromegasStatistics statistics, string? sqlState, string? error)
    {
        if (_activity is not { } activity)
        {
            return;
        }

        _activity = null;
        if (activity.IsAllDataRequested)
        {
            activity.SetTag("db.response.returned_rows", statistics.RowsReturned);
            activity.SetTag("micromegas.bytes_read", statistics.BytesRead);
            activity.SetTag("micromegas.blocks_decoded", statistics.BlocksDecoded);
            if (error is not null)
            {
                activity.SetTag("error.type", error);
                activity.SetTag("db.response.status_code", sqlState);
            }
        }

        if (_failure is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, _failure.Message);
        }

        activity.Dispose();
    }

    private void Write(double duration, MicromegasStatistics statistics, string? sqlState, TimeSpan elapsed)
    {
        if (sqlState == MicromegasErrorCodes.QueryCanceled)
        {
            Log.CommandCancelled(_settings.Commands, duration, _text);
        }
        else if (_failure is not null)
        {
            Log.CommandFailed(_settings.Commands, duration, sqlState ?? "", _text, _failure);
        }
        else
        {
            Log.CommandExecuted(_settings.Commands, duration, statistics.RowsReturned, statistics.BytesRead, _text);
        }

        if (elapsed >= _settings.SlowQueryThreshold)
        {
            Log.CommandSlow(
                _settings.Commands,
                duration,
                statistics.PlanningTime.TotalMilliseconds,
                statistics.MaterializationTime.TotalMilliseconds,
                statistics.RowsReturned,
                statistics.RowsScanned,
                statistics.BytesRead,
                statistics.BlocksDecoded,
                statistics.SpilledBytes,
                _text);
        }
    }
}
