using System.Collections.ObjectModel;

namespace Micromegas.EntityFrameworkCore;

internal static class EmptyProperties
{
    internal static IReadOnlyDictionary<string, string> Instance { get; } = ReadOnlyDictionary<string, string>.Empty;
}
