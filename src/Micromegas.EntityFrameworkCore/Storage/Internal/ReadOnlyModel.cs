namespace Micromegas.EntityFrameworkCore.Storage.Internal;

internal static class ReadOnlyModel
{
    internal static NotSupportedException NotSupported(string operation)
        => new($"{operation} is not supported: the views of a telemetry lake are read-only. Telemetry is written with Micromegas.Data.TelemetryWriter.");
}
