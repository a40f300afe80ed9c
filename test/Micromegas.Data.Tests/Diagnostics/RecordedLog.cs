using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Micromegas.Data.Tests.Diagnostics;

/// <summary>Keeps the messages of the loggers that it makes.</summary>
internal sealed class RecordedLog(LogLevel from = LogLevel.Trace) : ILoggerFactory
{
    internal ConcurrentQueue<(string Category, LogLevel Level, EventId Id, string Text, Exception? Exception)> Messages { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName, from);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLog log, string category, LogLevel from) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= from;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => log.Messages.Enqueue((category, logLevel, eventId, formatter(state, exception), exception));
    }
}
