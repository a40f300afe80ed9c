using System.Reflection;

namespace Micromegas.Data;

internal static class LibraryVersion
{
    internal static string Text { get; } = typeof(LibraryVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
