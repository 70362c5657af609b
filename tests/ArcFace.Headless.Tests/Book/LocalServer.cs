using System.Net;
using System.Net.Sockets;

namespace ArcFace.Headless.Tests.Book;

/// <summary>Serves a folder to this machine, as a reader's own server would.</summary>
internal sealed class LocalServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;

    public LocalServer(string folder)
    {
        _folder = folder;
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        free.Stop();
        _listener.Prefixes.Add(Root.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Root { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string file = Path.Combine(_folder, Uri.UnescapeDataString(context.Request.Url!.AbsolutePath[1..]));
                file = Directory.Exists(file) ? Path.Combine(file, "index.html") : file;
                bool isFound = File.Exists(file);
                context.Response.StatusCode = isFound || file.EndsWith("favicon.ico", StringComparison.Ordinal) ? 200 : 404;
                context.Response.ContentType = Path.GetExtension(file) switch
                {
                    ".html" => "text/html; charset=utf-8",
                    ".js" => "text/javascript",
                    ".css" => "text/css",
                    ".json" => "application/json",
                    ".svg" => "image/svg+xml",
                    _ => "application/octet-stream",
                };
                byte[] content = isFound ? await File.ReadAllBytesAsync(file) : [];
                await context.Response.OutputStream.WriteAsync(content);
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The browser has turned to another page, or the test is over.
            }
        }
    }
}
