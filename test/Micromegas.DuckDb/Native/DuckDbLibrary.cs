using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Micromegas.Testing;

namespace Micromegas.DuckDb.Native;

/// <summary>Finds DuckDB's shared library where <c>eng/tools</c> puts it.</summary>
internal static class DuckDbLibrary
{
    public const string Name = "duckdb";

    // Each platform's npm package carries one of these.
    private static readonly string[] FileNames = ["libduckdb.so", "libduckdb.dylib", "duckdb.dll"];

    /// <summary>The library's path; null when it is not installed.</summary>
    public static string? Find()
    {
        var packages = Repository.PathOf("eng", ".tools", "node_modules", "@duckdb");
        return Directory.Exists(packages)
            ? Directory.EnumerateDirectories(packages, "node-bindings-*")
                .SelectMany(_ => FileNames, Path.Combine)
                .FirstOrDefault(File.Exists)
            : null;
    }

#pragma warning disable CA2255 // A resolver must be in place before the first call, whichever class makes it.
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(DuckDbLibrary).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name)
        {
            return 0;
        }

        return Find() is { } path
            ? NativeLibrary.Load(path)
            : throw new DllNotFoundException("DuckDB's library is not installed. Run 'eng/tools' in the repository (eng/test and eng/bench do).");
    }
}
