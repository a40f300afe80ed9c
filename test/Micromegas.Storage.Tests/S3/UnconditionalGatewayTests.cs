using System.Net;
using System.Net.Sockets;

namespace Micromegas.Storage.Tests.S3;

/// <summary>Gateways without create-only puts.</summary>
public sealed class UnconditionalGatewayTests
{
    [Theory]
    [InlineData(200, "ignores If-None-Match")]
    [InlineData(501, "does not support create-only writes")]
    public async Task Nothing_is_written_where_it_could_overwrite(int answer, string message)
    {
        using HttpListener listener = Listen(out int port);
        var written = new List<string>();
        Task answering = AnswerAsync(listener, answer, written);
        using var store = new S3ObjectStore(new S3ObjectStoreOptions
        {
            Bucket = "b", Endpoint = new Uri($"http://127.0.0.1:{port}"), AccessKeyId = "id", SecretAccessKey = "key",
        });
        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await store.PutAsync("blobs/x", new byte[10], PutMode.CreateOnly, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        await using (ObjectUpload upload = await store.BeginPutAsync("views/x", default))
        {
            await Assert.ThrowsAsync<ObjectStoreException>(async () => await upload.WriteAsync(new byte[20_000_000], default));
        }
        Assert.DoesNotContain(written, key => key.Contains("/x", StringComparison.Ordinal));
        listener.Stop();
        await answering;
    }

    private static HttpListener Listen(out int port)
    {
        while (true)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException)
            {
                // Somebody took the port in between.
                listener.Close();
            }
        }
    }

    private static async Task AnswerAsync(HttpListener listener, int status, List<string> written)
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await listener.GetContextAsync();
                await context.Request.InputStream.CopyToAsync(Stream.Null);
                if (context.Request.HttpMethod is "PUT" or "POST")
                {
                    written.Add(context.Request.Url!.AbsolutePath);
                }
                context.Response.StatusCode = context.Request.HttpMethod == "HEAD" ? 404 : status;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
