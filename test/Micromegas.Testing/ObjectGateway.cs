using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Micromegas.Testing;

/// <summary>An S3 service of the test's own (Ceph's gateway, <c>eng/object-gateway</c>), on a free port of the loopback; it ends with this object, or with the process.</summary>
public sealed class ObjectGateway : IDisposable
{
    public const string Bucket = "lakes";
    public const string AccessKey = "testaccess";
    public const string SecretKey = "testsecretsecret";
    private const int PortsNeeded = 100;
    private const int Attempts = 5;

    private readonly Process process;

    public ObjectGateway()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePorts();
            process = Start(port);
            if (process.StandardOutput.ReadLine() == "ready")
            {
                Endpoint = new Uri($"http://127.0.0.1:{port}");
                return;
            }
            process.WaitForExit();
            process.Dispose();
            if (attempt == Attempts)
            {
                throw new InvalidOperationException("eng/object-gateway does not start; its standard error says why.");
            }
        }
    }

    public Uri Endpoint { get; }

    /// <summary>The address of a place in the bucket, with keys.</summary>
    public string AddressOf(string prefix) =>
        $"s3://{Bucket}/{prefix}?endpoint={Endpoint.GetLeftPart(UriPartial.Authority)}&access_key_id={AccessKey}&secret_access_key={SecretKey}&region=default";

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static Process Start(int port)
    {
        var start = new ProcessStartInfo(Repository.PathOf("eng", "object-gateway")) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(Path.GetTempPath(), "micromegas-gateway-" + Guid.NewGuid().ToString("N")));
        start.ArgumentList.Add(port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Process.Start(start) ?? throw new InvalidOperationException("eng/object-gateway does not start.");
    }

    /// <summary>The first of a row of ports, below those that systems give to outgoing connections; the first four are tried, the others are chosen from by the daemons.</summary>
    private static int FreePorts()
    {
        while (true)
        {
            var first = Random.Shared.Next(100, 320) * PortsNeeded;
            try
            {
                for (var port = first; port < first + 4; port++)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port);
                    listener.Start();
                }
                return first;
            }
            catch (SocketException)
            {
                // Taken: another row.
            }
        }
    }
}
