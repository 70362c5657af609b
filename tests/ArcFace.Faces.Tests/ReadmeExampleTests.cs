using System.Runtime.CompilerServices;
using ArcFace.Faces.Detection;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using ArcFace.Faces.Recognition;
using global::Onnx;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

/// <summary>The program of the README, run on a folder of its own.</summary>
[Collection(TensorCounts.Name)]
public sealed class ReadmeExampleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly TextWriter _console = Console.Out;

    public void Dispose()
    {
        Console.SetOut(_console);
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    [Fact]
    public void The_readme_shows_this_program()
    {
        string Trimmed(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => line.Trim()));
        string program = Trimmed(File.ReadAllLines(Here()).SkipWhile(line => line.Trim() != "// Begin").Skip(1).TakeWhile(line => line.Trim() != "// End"));
        foreach (string readme in new[] { "../../lib/ArcFace.Faces/README.md", "../../README.md" })
        {
            Assert.Contains(program, Trimmed(File.ReadAllLines(Path.Combine(Path.GetDirectoryName(Here())!, readme))));
        }
    }

    [Fact]
    public void The_program_names_who_is_known_and_nobody_else()
    {
        // A network whose embedding is the mean colour, and a detector that sees a face where a pixel is red.
        var mean = new GraphProto
        {
            Node = { OnnxFiles.Node("GlobalAveragePool", ["x"], ["mean"]), OnnxFiles.Node("Flatten", ["mean"], ["y"]) },
            Input = { OnnxFiles.Value("x", [-1, 3, 112, 112]) },
            Output = { OnnxFiles.Value("y", [-1, 3]) },
        };
        OnnxFiles.Write(_folder["w600k_r50.onnx"], mean, ("input_range", "0..1"));
        float[] points = [.. FaceLandmarks.Reference.Points.SelectMany(point => new[] { point.X / 32, point.Y / 32 })];
        DetectorFiles.Yunet(_folder["yunet.onnx"], 96, stride: 16, [0.5f, 0.5f, 0, 0], points);
        for (int picture = 0; picture < 3; picture++)
        {
            Photograph($"photographs/Ann/{picture}.png", 0, 0.8f, 0);
            Photograph($"photographs/Bo/{picture}.png", 0, 0, 0.8f);
            Photograph($"photographs/Cy/{picture}.png", 0, 0.6f, 0.6f);
        }

        Photograph("visitors/1.png", 0, 0.7f, 0);
        Photograph("visitors/2.png", 0.2f, 0, 0);
        Photograph("visitors/3.png", 0, 0.7f, 0.7f);
        Directory.CreateDirectory(_folder["visitors"]);
        PictureFile.Save(_folder["visitors/4.png"], zeros(3, 96, 96));

        using var output = new StringWriter();
        Console.SetOut(output);
        Directory.SetCurrentDirectory(_folder.Path);
        Run();
        string[] lines = output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Contains(lines, line => line.StartsWith("measured FAR", StringComparison.Ordinal));
        Assert.Equal(["visitors/1.png at (16, 16): Ann", "visitors/2.png at (16, 16): nobody known", "visitors/3.png at (16, 16): Cy"], lines.Where(line => line.StartsWith("visitors", StringComparison.Ordinal)));
        Assert.Contains("gallery.safetensors", _folder.Names);
    }

#pragma warning disable IDE0011 // Short on a page.
    private static void Run()
    {
        // Begin
        using var detector = FaceDetector.FromFile("yunet.onnx");
        using var embedder = FaceEmbedder.FromFile("w600k_r50.onnx", new() { FlipAveraging = true });

        var known = FaceFolder.Open("photographs", new() { Detector = detector });
        using Tensor embeddings = embedder.Embed(known);
        using Tensor people = tensor(known.Pictures.Select(picture => (long)picture.Label).ToArray());
        using var gallery = new Gallery();
        Console.WriteLine(gallery.Calibrate(embeddings, people, falseAcceptRate: 1e-3));
        gallery.Enroll([.. known.Pictures.Select(picture => known.People[picture.Label])], embeddings);
        gallery.Save("gallery.safetensors");

        foreach (string path in Directory.EnumerateFiles("visitors").Order())
        {
            using var scope = NewDisposeScope();
            Tensor picture = PictureFile.Load(path);
            DetectedFace[] faces = [.. detector.Detect(picture)];
            if (faces.Length == 0) continue;
            Tensor aligned = PictureFile.Aligned(picture, [.. faces.Select(face => face.Landmarks!)]);
            foreach (var (face, match) in faces.Zip(gallery.Identify(embedder.Embed(aligned))))
                Console.WriteLine($"{path} at ({face.Left:F0}, {face.Top:F0}): {match?.Name ?? "nobody known"}");
        }
        // End
    }
#pragma warning restore IDE0011

    private void Photograph(string name, float red, float green, float blue)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        Tensor picture = tensor(new[] { red, green, blue }).view(3, 1, 1) + (rand(3, 96, 96) * 0.2);
        picture[0] = picture[0].clamp(0, 0.2);
        picture[0, 16, 16] = tensor(1f);
        PictureFile.Save(_folder[name], picture);
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
