using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Micromegas.Testing;

/// <summary>A PostgreSQL server of the test's own, on a free port of the loopback, in a folder that goes with it.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string HowTo = "PostgreSQL is not installed: run eng/tools (for example: apt-get install postgresql).";

    private readonly string folder;
    private readonly string data;
    private readonly string programs;

    public PostgresServer()
    {
        programs = FindPrograms();
        folder = Directory.CreateTempSubdirectory("micromegas-postgres-").FullName;
        data = Path.Combine(folder, "data");
        // The server refuses to run as root: then it is the user postgres, to whom the folder must belong.
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", folder);
        }
        RunServer("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            try
            {
                RunServer("pg_ctl", "-s", "-w", "-D", data, "-l", Path.Combine(folder, "log"), "-o", $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off", "start");
                ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Command Timeout=60;Pooling=false";
                return;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody else took the port in between.
            }
        }
    }

    public string ConnectionString { get; }

    public void Dispose()
    {
        RunServer("pg_ctl", "-s", "-m", "immediate", "-D", data, "stop");
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindPrograms()
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Directory.Exists("/usr/lib/postgresql"))
        {
            folders = folders.Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(static version => Path.Combine(version, "bin")));
        }
        return folders.FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
            ?? throw new InvalidOperationException(HowTo);
    }

    private void RunServer(string program, params string[] arguments)
    {
        var path = Path.Combine(programs, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        }
        else
        {
            Run(path, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // Output is not read through pipes: the server inherits them and would keep them open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = Path.GetTempPath() };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$@\" >/dev/null 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
        }
    }
}
