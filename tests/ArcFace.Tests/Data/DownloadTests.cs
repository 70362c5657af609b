using System.Security.Cryptography;
using ArcFace.Data;

namespace ArcFace.Tests.Data;

public sealed class DownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private readonly byte[] _content = new byte[300_000];
    private readonly LoopbackServer _server;

    public DownloadTests()
    {
        new Random(1).NextBytes(_content);
        _server = new LoopbackServer(_content);
    }

    private string Target => _folder.File("cache/file.bin");

    private string Part => Target + ".part";

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_is_fetched_once(bool announcesLength)
    {
        _server.AnnouncesLength = announcesLength;
        Fetch();
        Fetch();
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal([""], _server.Ranges);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public void A_download_that_breaks_off_goes_on_where_it_stopped()
    {
        _server.BreakAfter = 120_000;
        Assert.ThrowsAny<IOException>(() => Fetch());
        Assert.False(File.Exists(Target));
        long received = new FileInfo(Part).Length;
        Assert.InRange(received, 1, 120_000);

        _server.BreakAfter = null;
        Fetch();
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(["", $"bytes={received}-"], _server.Ranges);
    }

    [Fact]
    public void A_server_that_knows_no_ranges_sends_it_all_again()
    {
        _folder.Write("cache/file.bin.part", _content.AsSpan(0, 1000));
        _server.SupportsRange = false;
        Fetch();
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public void A_part_that_has_all_the_bytes_already_is_fetched_anew()
    {
        _folder.Write("cache/file.bin.part", _content);
        Fetch();
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal([$"bytes={_content.Length}-", ""], _server.Ranges);
    }

    [Fact]
    public void A_part_with_other_bytes_is_refused_and_the_next_call_starts_anew()
    {
        _folder.Write("cache/file.bin.part", new byte[1000]);
        Assert.Throws<InvalidDataException>(() => Fetch());
        Assert.False(File.Exists(Part));
        Fetch();
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public void A_file_with_another_checksum_is_refused_and_not_kept()
    {
        var error = Assert.Throws<InvalidDataException>(() => Fetch(sha256: new string('0', 64)));
        Assert.Contains(new string('0', 64), error.Message);
        Assert.Empty(Directory.GetFiles(_folder.File("cache")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_is_too_large_is_refused_and_not_kept(bool announcesLength)
    {
        _server.AnnouncesLength = announcesLength;
        var error = Assert.Throws<InvalidDataException>(() => Fetch(maximumLength: _content.Length - 1));
        Assert.Contains($"{_content.Length - 1}", error.Message);
        Assert.Empty(Directory.GetFiles(_folder.File("cache")));
    }

    [Fact]
    public void A_cut_file_whose_length_was_not_announced_is_refused()
    {
        _server.AnnouncesLength = false;
        _server.BreakAfter = 1000;
        Assert.Throws<InvalidDataException>(() => Fetch());
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public void A_plain_address_of_another_machine_is_refused() =>
        Assert.Throws<ArgumentException>(
            () => Download.Fetch(_client, new Uri("http://example.com/x"), Target, "", 1, TestContext.Current.CancellationToken));

    [Fact]
    public void Without_a_network_the_error_says_how_to_get_the_files()
    {
        using var offline = new HttpClient(new Offline());
        string cache = _folder.File("cache");
        var error = Assert.Throws<FileNotFoundException>(
            () => FashionMnist.FetchInto(cache, offline, new Uri("https://example.com/x"), "x.gz", "", 1));
        Assert.Contains("no route to host", error.Message);
        Assert.Contains("dataset-fashion-mnist", error.Message);
        Assert.Contains("ARCFACE_DATA", error.Message);
    }

    private void Fetch(string? sha256 = null, long maximumLength = 1_000_000) =>
        Download.Fetch(
            _client,
            _server.Address,
            Target,
            sha256 ?? Convert.ToHexString(SHA256.HashData(_content)),
            maximumLength,
            TestContext.Current.CancellationToken);

    private sealed class Offline : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no route to host");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no route to host");
    }
}
