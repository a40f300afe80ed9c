using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Formats;
using Micromegas.Lake;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Data.Execution;

/// <summary>Turns the typed exceptions of the rooms below into <see cref="MicromegasException"/>.</summary>
internal static class Faults
{
    internal static bool TryTranslate(Exception exception, [NotNullWhen(true)] out MicromegasException? translated)
    {
        translated = exception switch
        {
            EngineException e => new MicromegasException(e.Message, e.SqlState, e.Line, e.Column, e.Hint, e),
            MemoryLimitException => new MicromegasException(exception.Message, MicromegasErrorCodes.OutOfMemory, innerException: exception),
            CorruptDataException => new MicromegasException(exception.Message, MicromegasErrorCodes.DataCorrupted, innerException: exception),
            LakeException e => new MicromegasException(e.Message, e.SqlState, innerException: e),
            ParquetUnsupportedException => new MicromegasException(exception.Message, MicromegasErrorCodes.FeatureNotSupported, innerException: exception),
            ParquetException => new MicromegasException(exception.Message, MicromegasErrorCodes.DataCorrupted, innerException: exception),
            ObjectStoreException => new MicromegasException(exception.Message, MicromegasErrorCodes.IoError, innerException: exception),
            IOException or UnauthorizedAccessException => new MicromegasException(exception.Message, MicromegasErrorCodes.IoError, innerException: exception),
            _ => null,
        };
        return translated is not null;
    }
}
