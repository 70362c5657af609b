using System.Reflection;
using System.Runtime.InteropServices;
using ArcFace.Build;
using CsCheck;

namespace ArcFace.Tests.Build;

public sealed class WeakenGlibcxxRequirementTests : IDisposable
{
    private static readonly string PackageLibrary = Path.Combine(
        typeof(WeakenGlibcxxRequirementTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharpPackage").Value!,
        "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_the_weak_flag_of_the_requirement_is_set()
    {
        (byte[] file, int flagsAt) = SmallElf.Create(flags: 0x0100);
        byte[] expected = [.. file];
        expected[flagsAt] = 0x02;

        Assert.True(WeakenGlibcxxRequirement.Weaken(file));
        Assert.Equal(expected, file);
    }

    [Fact]
    public void A_requirement_that_is_weak_already_is_left_alone() => LeftAlone(SmallElf.Create(flags: 2).File);

    [Fact]
    public void A_file_without_the_requirement_is_left_alone() => LeftAlone(SmallElf.Create(requirement: "GLIBCXX_3.4.30").File);

    [Fact]
    public void A_file_without_any_section_is_left_alone()
    {
        byte[] file = SmallElf.Create().File;
        file[0x3c] = 0;
        LeftAlone(file);
    }

    [Theory]
    [InlineData("_ZSt21ios_base_library_initv", "_ZNSt7__cxx1112basic_stringIcE6resizeEm")]
    [InlineData("_ZNSt7__cxx1112basic_stringIcE6resizeEm", "_ZSt21ios_base_library_initv")]
    [InlineData("_ZNSt7__cxx1112basic_stringIcE6resizeEm", null)]
    public void A_file_in_which_another_symbol_carries_the_version_is_left_alone(string first, string? second) =>
        LeftAlone(SmallElf.Create(symbols: second is null ? [first] : [first, second]).File);

    [Fact]
    public void A_file_cut_at_any_length_is_refused()
    {
        byte[] whole = SmallElf.Create().File;
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<InvalidDataException>(() => WeakenGlibcxxRequirement.Weaken(cut));
            Assert.Equal(whole[..length], cut);
        }
    }

    [Fact]
    public void A_damaged_file_gives_an_answer_or_is_refused()
    {
        byte[] whole = SmallElf.Create().File;
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            damages =>
            {
                byte[] damaged = [.. whole];
                foreach ((int at, byte value) in damages)
                {
                    damaged[at] = value;
                }

                try
                {
                    WeakenGlibcxxRequirement.Weaken(damaged);
                }
                catch (InvalidDataException)
                {
                    // The only refusal there is: an index error or an endless loop fails the test.
                }
            },
            seed: "0000000000001",
            iter: 20_000);
    }

    [Theory]
    [InlineData("4d5a90000300000004000000ffff0000", "not an ELF file")]
    [InlineData("", "not an ELF file")]
    [InlineData("7f454c46010101000000000000000000", "not a 64-bit little-endian ELF file")]
    [InlineData("7f454c46020201000000000000000000", "not a 64-bit little-endian ELF file")]
    [InlineData("7f454c46020101000000000000000000", "truncated")]
    public void The_build_fails_with_a_clear_error_when_the_file_is_no_complete_library(string content, string reason)
    {
        string source = _folder.Write("library.so", Convert.FromHexString(content));
        string destination = _folder["out/library.so"];
        (bool succeeded, IReadOnlyList<string> errors) = Run(source, destination);

        Assert.False(succeeded);
        string error = Assert.Single(errors);
        Assert.Contains(source, error);
        Assert.Contains(reason, error);
        Assert.False(File.Exists(destination));
    }

    [Fact]
    public void The_build_fails_with_a_clear_error_when_the_file_is_missing()
    {
        string source = _folder["nothing.so"];
        (bool succeeded, IReadOnlyList<string> errors) = Run(source, _folder["library.so"]);
        Assert.False(succeeded);
        Assert.Contains(source, Assert.Single(errors));
    }

    [Fact]
    public void The_source_keeps_its_bytes_and_its_time()
    {
        (byte[] content, int flagsAt) = SmallElf.Create();
        string source = _folder.Write("library.so", content);
        DateTime written = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(source, written);
        string destination = _folder["out/library.so"];

        Assert.True(Run(source, destination).Succeeded);
        Assert.Equal(content, File.ReadAllBytes(source));
        Assert.Equal(written, File.GetLastWriteTimeUtc(source));
        Assert.Equal(2, File.ReadAllBytes(destination)[flagsAt]);
        Assert.Equal([source, destination], Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void A_destination_that_is_a_hard_link_to_the_source_is_replaced_and_not_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links are made by a call of the C library");
        (byte[] content, int flagsAt) = SmallElf.Create();
        string source = _folder.Write("library.so", content), destination = _folder["linked.so"];
        Assert.Equal(0, NativeMethods.Link(source, destination));

        Assert.True(Run(source, destination).Succeeded);
        Assert.Equal(content, File.ReadAllBytes(source));
        Assert.Equal(2, File.ReadAllBytes(destination)[flagsAt]);
    }

    [Fact]
    public void A_destination_that_is_a_symbolic_link_to_the_source_is_replaced_and_not_written_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs a privilege there");
        (byte[] content, int flagsAt) = SmallElf.Create();
        string source = _folder.Write("library.so", content), destination = _folder["linked.so"];
        File.CreateSymbolicLink(destination, source);

        Assert.True(Run(source, destination).Succeeded);
        Assert.Equal(content, File.ReadAllBytes(source));
        Assert.Equal(2, File.ReadAllBytes(destination)[flagsAt]);
    }

    [Fact]
    public void The_library_of_the_package_cut_short_is_refused()
    {
        byte[] whole = File.ReadAllBytes(PackageLibrary);
        foreach (int length in new[] { 0, 63, 64, 4096, whole.Length / 2, whole.Length - 64, whole.Length - 1 })
        {
            Assert.Throws<InvalidDataException>(() => WeakenGlibcxxRequirement.Weaken(whole[..length]));
        }
    }

    [Fact]
    public void The_library_beside_this_test_is_the_packages_but_for_the_flag()
    {
        bool needsTheFix = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.SkipUnless(needsTheFix, "only Linux x64 needs the fix");
        byte[] package = File.ReadAllBytes(PackageLibrary);
        byte[] built = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        Assert.Equal(package.Length, built.Length);
        int changed = Assert.Single(Enumerable.Range(0, package.Length), i => package[i] != built[i]);
        Assert.Equal((0, 2), (package[changed], built[changed]));

        Assert.True(WeakenGlibcxxRequirement.Weaken(package));
        Assert.Equal(package, built);
    }

    private static void LeftAlone(byte[] file)
    {
        byte[] before = [.. file];
        Assert.False(WeakenGlibcxxRequirement.Weaken(file));
        Assert.Equal(before, file);
    }

    private static (bool Succeeded, IReadOnlyList<string> Errors) Run(string source, string destination)
    {
        var engine = new RecordingBuildEngine();
        var task = new WeakenGlibcxxRequirement { BuildEngine = engine, Source = source, Destination = destination };
        return (task.Execute(), engine.Errors);
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "link", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Link([MarshalAs(UnmanagedType.LPStr)] string existing, [MarshalAs(UnmanagedType.LPStr)] string created);
    }
}
