using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace ArcFace.Data;

/// <summary>Fetches a file once: over HTTPS, no larger than announced, checked by SHA-256, resumed where it broke off.</summary>
public static class Download
{
    /// <summary>
    /// Makes sure that <paramref name="path"/> holds the file: does nothing when it is there already, else downloads it into
    /// <c><paramref name="path"/>.part</c>, checks it, and only then gives it its name.
    /// </summary>
    /// <param name="client">Who fetches; its time-out holds.</param>
    /// <param name="address">An <c>https</c> address. Plain <c>http</c> only from this machine itself.</param>
    /// <param name="path">The file to make. An interrupted download stays beside it and is continued by the next call.</param>
    /// <param name="sha256">What the whole file's SHA-256 must be, in hexadecimal.</param>
    /// <param name="maximumLength">The most bytes to take.</param>
    /// <param name="cancellation">Stops the download; what has arrived stays for the next call.</param>
    /// <exception cref="ArgumentException">The address is not secure.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    /// <exception cref="IOException">The connection broke, or another process downloads the same file.</exception>
    /// <exception cref="InvalidDataException">The file is too large or not the one expected. Nothing of it is kept.</exception>
    public static void Fetch(
        HttpClient client, Uri address, string path, string sha256, long maximumLength, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(sha256);
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        {
            throw new ArgumentException($"{address} is not an https address", nameof(address));
        }

        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string partPath = path + ".part";
        try
        {
            using var part = new FileStream(partPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Receive(client, address, part, maximumLength, cancellation);
            Verify(address, part, sha256);
            part.Flush(flushToDisk: true);
        }
        catch (InvalidDataException)
        {
            // A wrong beginning must not be gone on from; one that only broke off is kept.
            File.Delete(partPath);
            throw;
        }

        File.Move(partPath, path, overwrite: true);
    }

    private static void Verify(Uri address, FileStream part, string sha256)
    {
        part.Position = 0;
        string actual = Convert.ToHexStringLower(SHA256.HashData(part));
        if (!actual.Equals(sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"{address}: the {part.Length} bytes received have the SHA-256 {actual} instead of {sha256}");
        }
    }

    private static void Receive(HttpClient client, Uri address, FileStream part, long maximumLength, CancellationToken cancellation)
    {
        using HttpResponseMessage response = Ask(client, address, part, cancellation);
        long announced = part.Position + (response.Content.Headers.ContentLength ?? 0);
        if (announced > maximumLength)
        {
            throw new InvalidDataException($"{address}: {announced} bytes are more than the {maximumLength} that the file can have");
        }

        using Stream content = response.Content.ReadAsStream(cancellation);
        byte[] buffer = new byte[1 << 16];
        for (int read = content.Read(buffer); read > 0; read = content.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            if (part.Position + read > maximumLength)
            {
                throw new InvalidDataException($"{address}: the server sends more than the {maximumLength} bytes that the file can have");
            }

            part.Write(buffer, 0, read);
        }
    }

    /// <summary>Leaves <paramref name="part"/> at the place where the response goes on, cut off there.</summary>
    private static HttpResponseMessage Ask(HttpClient client, Uri address, FileStream part, CancellationToken cancellation)
    {
        HttpResponseMessage response = Send(client, address, part.Length, cancellation);
        bool resumes = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length;
        if (!resumes && part.Length > 0 && response.StatusCode != HttpStatusCode.OK)
        {
            response.Dispose();
            part.SetLength(0);
            response = Send(client, address, 0, cancellation);
        }

        try
        {
            response.EnsureSuccessStatusCode();
        }
        catch
        {
            response.Dispose();
            throw;
        }

        part.SetLength(resumes ? part.Length : 0);
        part.Position = part.Length;
        return response;
    }

    private static HttpResponseMessage Send(HttpClient client, Uri address, long start, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (start > 0)
        {
            request.Headers.Range = new RangeHeaderValue(start, null);
        }

        return client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }
}
