using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace ArcFace.Headless.Tests.Book;

/// <summary>A page in an installed Chromium without a network, steered through its debugging protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _errors = [];
    private int _lastId;

    private Browser(Process process) => _process = process;

    /// <summary>Starts the browser, or skips the test where there is none.</summary>
    public static async Task<Browser> StartAsync(TestFolder folder)
    {
        string path = "";
        try
        {
            path = Chromium.Find().Path;
        }
        catch (ChromiumException exception)
        {
            Assert.Skip(exception.Message);
        }

        var start = new ProcessStartInfo(path,
        [
            "--headless", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-sandbox", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0", $"--user-data-dir={folder.At("profile")}", "about:blank",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        var browser = new Browser(Process.Start(start)!);
        string line;
        do
        {
            line = await browser._process.StandardError.ReadLineAsync(Token) ?? throw new InvalidOperationException($"'{path}' ends without telling its address");
        }
        while (!line.StartsWith("DevTools listening on ", StringComparison.Ordinal));

        var address = new Uri(line[line.IndexOf("ws:", StringComparison.Ordinal)..]);
        _ = browser._process.StandardError.ReadToEndAsync(Token);
        using var client = new HttpClient();
        JsonNode targets = JsonNode.Parse(await client.GetStringAsync($"http://{address.Authority}/json", Token))!;
        JsonNode page = targets.AsArray().First(target => (string?)target!["type"] == "page")!;
        await browser._socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), Token);
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await browser.SendAsync($"{domain}.enable");
        }

        return browser;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a page at a width, in a theme, and waits until it is loaded.</summary>
    public async Task OpenAsync(Uri address, int width = 1200, string theme = "light")
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = theme }),
        });
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address.AbsoluteUri });
        await EvaluateAsync("new Promise(done => { const look = () => document.readyState === 'complete' && location.href !== 'about:blank' ? done() : setTimeout(look, 20); look(); })");
    }

    /// <summary>What an expression, or the promise that it gives, comes to.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode result = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, result["exceptionDetails"]?.ToJsonString());
        return result["result"]!["value"];
    }

    /// <summary>Presses the mouse at one point, moves it to another, and lets go.</summary>
    public async Task DragAsync(double x, double y, double toX, double toY)
    {
        foreach ((string type, double left, double top) in new[] { ("mouseMoved", x, y), ("mousePressed", x, y), ("mouseMoved", toX, toY), ("mouseReleased", toX, toY) })
        {
            var mouse = new JsonObject { ["type"] = type, ["x"] = left, ["y"] = top, ["button"] = "left", ["clickCount"] = 1 };
            mouse["buttons"] = type == "mouseMoved" && left == x ? 0 : 1;
            await SendAsync("Input.dispatchMouseEvent", mouse);
        }
    }

    public async Task TypeAsync(string text) => await SendAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>The page as a picture.</summary>
    public async Task<byte[]> ScreenshotAsync() => Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot"))["data"]!);

    /// <summary>What the browser has complained of since the last call.</summary>
    public string[] TakeErrors()
    {
        string[] errors = [.. _errors];
        _errors.Clear();
        return errors;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_lastId;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, Token);
        while (true)
        {
            JsonNode answer = await ReceiveAsync();
            if ((int?)answer["id"] == id)
            {
                Assert.True(answer["error"] is null, $"{method}: {answer["error"]?.ToJsonString()}");
                return answer["result"]!;
            }

            Note((string?)answer["method"], answer["params"]);
        }
    }

    private void Note(string? method, JsonNode? parameters)
    {
        string? error = method switch
        {
            "Runtime.exceptionThrown" => parameters!["exceptionDetails"]!.ToJsonString(),
            "Runtime.consoleAPICalled" when (string?)parameters!["type"] is "error" or "assert" => parameters["args"]!.ToJsonString(),
            "Log.entryAdded" when (string?)parameters!["entry"]!["level"] == "error" => $"{parameters["entry"]!["text"]} {parameters["entry"]!["url"]}",
            "Network.requestWillBeSent" when new Uri((string)parameters!["request"]!["url"]!) is { IsLoopback: false, Scheme: "http" or "https" } elsewhere => $"asks {elsewhere}",
            _ => null,
        };
        if (error is not null)
        {
            _errors.Add(error);
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        return JsonNode.Parse(message.ToArray())!;
    }
}
