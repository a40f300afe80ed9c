using System.Runtime.InteropServices;

namespace Micromegas.Storage.Directories;

/// <summary>
/// Gives a finished file its name unless the name is taken, in one atomic step. A rename would replace what is there; link(2) fails instead.
/// </summary>
internal static partial class HardLink
{
    private const int NotFound = 2;
    private const int Exists = 17;

    /// <summary>False when the name is taken. Afterwards <paramref name="source"/> may still exist and should be removed.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder vanished in between: a deletion cleaned it up.</exception>
    public static bool TryName(string source, string target)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(source, target) == 0)
            {
                return true;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case Exists:
                    return false;
                case NotFound:
                    throw new DirectoryNotFoundException($"the folder of '{target}' does not exist");
            }
        }

        // Windows, whose move without replacement is atomic, and file systems without hard links.
        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string created);
}
