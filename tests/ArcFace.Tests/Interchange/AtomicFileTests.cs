using System.Diagnostics;
using ArcFace.Interchange;

namespace ArcFace.Tests.Interchange;

public sealed class AtomicFileTests : IDisposable
{
    private const string Variable = "ARCFACE_TESTS_ATOMIC_FILE";
    private const int Length = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_writers_of_one_path_never_show_half_a_file()
    {
        string path = _folder["file"];
        AtomicFile.Write(path, stream => Fill(stream, 0));
        Parallel.For(0, 8, which =>
        {
            for (int i = 0; i < 25; i++)
            {
                if (which < 4)
                {
                    AtomicFile.Write(path, stream => Fill(stream, (byte)which));
                }
                else
                {
                    byte[] content = ReadShared(path);
                    Assert.Equal(Length, content.Length);
                    Assert.DoesNotContain(content, value => value != content[0]);
                }
            }
        });
        Assert.Equal(["file"], _folder.Names);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        string path = _folder["file"];
        File.WriteAllText(path, "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            Fill(stream, 1);
            throw new IOException("No space left on device");
        }));
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(_folder["none/file"], _ => { }));
        Directory.CreateDirectory(_folder["folder"]);
        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(_folder["folder"], stream => Fill(stream, 1)));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _folder.Names);
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a limit on the size of files, which a write meets as it does a full disk, is set by a shell");
        string path = _folder["file"];
        File.WriteAllText(path, "old");
        using var child = Process.Start(new ProcessStartInfo("bash")
        {
            ArgumentList =
            {
                "-c", "trap '' XFSZ; ulimit -f 600; exec \"$0\" -method \"$1\"",
                Path.ChangeExtension(typeof(AtomicFileTests).Assembly.Location, null), $"{typeof(AtomicFileTests).FullName}.{nameof(Writes_a_file)}",
            },
            Environment = { [Variable] = path, ["DOTNET_EnableWriteXorExecute"] = "0" },
            RedirectStandardOutput = true,
        })!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.Contains(nameof(IOException), output);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["file"], _folder.Names);
    }

    /// <summary>What the process of another test does.</summary>
    [Fact]
    public void Writes_a_file()
    {
        string path = Environment.GetEnvironmentVariable(Variable) ?? _folder["file"];
        AtomicFile.Write(path, stream => Fill(stream, 1));
        Assert.Equal(Length, new FileInfo(path).Length);
    }

    [Fact]
    public void What_a_killed_writer_left_is_removed_and_what_another_is_writing_is_not()
    {
        string path = _folder["run"], old = _folder[".arcface-old.tmp"], recent = _folder[".arcface-new.tmp"], foreign = _folder["other.tmp"];
        Array.ForEach([old, recent, foreign], file => File.WriteAllText(file, "half"));
        Array.ForEach([old, foreign], file => File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1)));
        AtomicFile.Write(path, stream =>
        {
            string writing = Directory.GetFiles(_folder.Path, ".arcface-*.tmp").Single(file => file != old && file != recent);
            Fill(stream, 1);
            stream.Flush();
            File.SetLastWriteTimeUtc(writing, DateTime.UtcNow.AddHours(-1));
            AtomicFile.RemoveAbandoned(path);
            Assert.True(File.Exists(writing));
        });
        Assert.Equal([".arcface-new.tmp", "other.tmp", "run"], _folder.Names);
    }

    private static void Fill(Stream stream, byte value)
    {
        byte[] part = new byte[Length / 16];
        Array.Fill(part, value);
        for (int i = 0; i < 16; i++)
        {
            stream.Write(part);
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
