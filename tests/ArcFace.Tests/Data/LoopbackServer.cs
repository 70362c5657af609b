using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ArcFace.Tests.Data;

/// <summary>
/// Serves one content on this machine in the ways that real servers do and should not. Written on a bare socket, since an
/// honest HTTP server cannot break off in the middle.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;
    private readonly List<string> _ranges = [];

    public LoopbackServer(byte[] content)
    {
        _content = content;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/file.bin");
        _ = Task.Run(Serve);
    }

    public Uri Address { get; }

    /// <summary>How many bytes of a body to send before the connection breaks; all if null.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Whether a wish for a part of the file is heard.</summary>
    public bool SupportsRange { get; set; } = true;

    /// <summary>Whether the length is told beforehand.</summary>
    public bool AnnouncesLength { get; set; } = true;

    /// <summary>The Range header of each request so far, "" where there was none.</summary>
    public IReadOnlyList<string> Ranges
    {
        get
        {
            lock (_ranges)
            {
                return [.. _ranges];
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await Answer(client.GetStream());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        string range = "";
        for (string? line = await reader.ReadLineAsync(); line?.Length > 0; line = await reader.ReadLineAsync())
        {
            range = line.StartsWith("Range:", StringComparison.OrdinalIgnoreCase) ? line[6..].Trim() : range;
        }

        lock (_ranges)
        {
            _ranges.Add(range);
        }

        int start = SupportsRange && range.Length > 0 ? int.Parse(range["bytes=".Length..^1]) : 0;
        byte[] body = start < _content.Length ? _content[start..] : [];
        string status = start == 0 ? "200 OK" : body.Length > 0 ? "206 Partial Content" : "416 Range Not Satisfiable";
        string head = $"HTTP/1.1 {status}\r\nConnection: close\r\n";
        head += AnnouncesLength ? $"Content-Length: {body.Length}\r\n" : "";
        head += start > 0 && body.Length > 0 ? $"Content-Range: bytes {start}-{_content.Length - 1}/{_content.Length}\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "\r\n"));
        await stream.WriteAsync(body.AsMemory(0, Math.Min(BreakAfter ?? body.Length, body.Length)));
    }
}
