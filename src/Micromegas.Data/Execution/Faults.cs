using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;
using Micromegas.Formats;

namespace Micromegas.Data.Execution;

/// <summary>Turns the typed exceptions of the rooms below into <see cref="MicromegasException"/>.</summary>
internal static class Faults
{
    internal static bool TryTranslate(Exception exception, [NotNullWhen(true)] out MicromegasException? translated)
    {
        translated = exception switch
        {
            MemoryLimitException => new MicromegasException(exception.Message, MicromegasErrorCodes.OutOfMemory, innerException: exception),
            CorruptDataException => new MicromegasException(exception.Message, MicromegasErrorCodes.DataCorrupted, innerException: exception),
            FileNotFoundException or DirectoryNotFoundException or IOException or UnauthorizedAccessException
                => new MicromegasException(exception.Message, MicromegasErrorCodes.IoError, innerException: exception),
            _ => null,
        };
        return translated is not null;
    }
}
