namespace ArcFace.Headless.Tests.Images;

/// <summary>Shell scripts that stand in for a browser.</summary>
internal static class StandInBrowser
{
    /// <summary>The smallest PNG: one transparent pixel.</summary>
    public const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>The page of a browser that has drawn <paramref name="count"/> figures.</summary>
    public static string Drawn(int count) =>
        $$"""<html><body><pre id="drawn">[{{string.Join(',', Enumerable.Repeat($$"""{"png":"{{Png}}","width":700,"height":420}""", count))}}]</pre></body></html>""";

    /// <summary>A browser that is a shell script.</summary>
    public static Chromium Of(TestFolder folder, string script) => new(Write(folder, script));

    /// <summary>Writes the script and makes it a program.</summary>
    public static string Write(TestFolder folder, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for the browser is a shell script");
        string path = folder.Write("browser.sh", "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
