using ArcFace.Faces.Onnx;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ArcFace.Faces.Detection;

/// <summary>Finds faces and their five points with an ONNX file that the user brings: YuNet or SCRFD, told apart by their outputs.</summary>
/// <remarks>The picture is scaled to fit into the network's input, laid at its top left, and the rest is black. Several threads may detect
/// at once. What is said of files at <see cref="OnnxEmbedder"/> holds here.</remarks>
public sealed class FaceDetector : IDisposable
{
    // The overlap of all pairs is looked at: a file that finds faces everywhere must not take forever.
    private const int MostCandidates = 5000, SmallestSide = 64, LargestStride = 32;

    private readonly OnnxFile _file;
    private readonly DetectorOutputs _outputs;
    private readonly FaceDetectorOptions _options;

    // −1 where any is taken.
    private readonly int _width, _height;

    private FaceDetector(OnnxFile file, DetectorOutputs outputs, FaceDetectorOptions options, int width, int height) =>
        (_file, _outputs, _options, _width, _height) = (file, outputs, options, width, height);

    /// <summary>Whether faces come with their five points, which alignment needs.</summary>
    public bool HasLandmarks => _outputs.HasLandmarks;

    /// <summary>Opens a file, and tries it on a black picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is taken for a face; the defaults if null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX file, or neither YuNet nor SCRFD; the message says what it is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static FaceDetector FromFile(string path, FaceDetectorOptions? options = null)
    {
        options ??= new();
        options.Validate();
        var file = new OnnxFile(path, options.Threads);
        return file.Tried(() =>
        {
            var outputs = DetectorOutputs.Recognise(file.OutputNames);
            if (outputs is null || file.Outputs.Values.Any(output => !output.IsTensor || output.ElementDataType != TensorElementType.Float)
                || file.Inputs.Count != 1
                || file.Inputs.Single().Value is not { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions: [1 or < 0, 3, var height, var width] }
                || height == 0 || width == 0 || (height > 0 && height % LargestStride != 0) || (width > 0 && width % LargestStride != 0))
            {
                throw file.Bad($"it goes from {string.Join(", ", file.Inputs.Select(OnnxFile.Describe))} to {string.Join(", ", file.OutputNames)}: "
                    + "a detector goes from [1, 3, H, W] to the outputs of YuNet (cls_8, obj_8, bbox_8, kps_8 … 32) or the 6 or 9 of SCRFD");
            }

            var detector = new FaceDetector(file, outputs, options, width, height);
            using var black = Picture.Of(new byte[SmallestSide * SmallestSide], SmallestSide, SmallestSide);
            detector.Detect(black);
            return detector;
        });
    }

    /// <summary>The faces in a picture, the highest score first.</summary>
    /// <param name="picture">[1 or 3, height, width], red first, values from 0 to 1.</param>
    /// <exception cref="ArgumentException">The picture has another shape.</exception>
    /// <exception cref="InvalidOperationException">The file's arithmetic fails on it.</exception>
    public IReadOnlyList<DetectedFace> Detect(Tensor picture)
    {
        using var pixels = PictureFile.ToPicture(picture);
        return Detect(pixels);
    }

    /// <summary>Frees the network.</summary>
    public void Dispose() => _file.Dispose();

    internal IReadOnlyList<DetectedFace> Detect(Picture picture)
    {
        double fit = (double)_options.InputSize / Math.Max(picture.Width, picture.Height);
        int width = _width > 0 ? _width : RoundedUp(picture.Width * fit), height = _height > 0 ? _height : RoundedUp(picture.Height * fit);
        double scale = Math.Min((double)width / picture.Width, (double)height / picture.Height);

        // Scaled about the corner of the picture, which is half a pixel off the middle of its first pixel.
        double shift = (scale - 1) / 2;
        byte[] planes = picture.Planes(new SimilarityTransform(scale, 0, shift, shift), 3, width, height);
        var found = _file.Run<float>(_outputs.Input(planes), [1, 3, height, width], $"a picture of {width}×{height}");
        var outputs = _file.OutputNames.Zip(found, (name, output) => (name, output.Values)).ToDictionary();

        var best = new List<DetectedFace>();
        var candidates = _outputs.Decode(outputs, width, height, _options.MinimumScore)
            .Where(face => float.IsFinite(face.Left + face.Top + face.Width + face.Height + (face.Landmarks?.Points.Sum(p => p.X + p.Y) ?? 0)))
            .Where(face => face is { Width: > 0, Height: > 0 } && face.Landmarks?.Points.Distinct().Count() != 1)
            .OrderByDescending(face => face.Score).Take(MostCandidates);
        foreach (var face in candidates)
        {
            if (best.All(better => better.Overlap(face) <= _options.MaximumOverlap))
            {
                best.Add(face);
            }
        }

        float Back(float place) => (float)((place - shift) / scale);
        return [.. best.Select(face => new DetectedFace(
            Back(face.Left), Back(face.Top), (float)(face.Width / scale), (float)(face.Height / scale), face.Score,
            face.Landmarks?.Moved(point => new(Back(point.X), Back(point.Y)))))];
    }

    private static int RoundedUp(double side) => Math.Max(1, (int)Math.Ceiling(Math.Round(side) / LargestStride)) * LargestStride;
}

/// <summary>What a <see cref="FaceDetector"/> takes for a face.</summary>
public sealed record FaceDetectorOptions
{
    /// <summary>Faces of a lower score are left out, 0..1.</summary>
    public double MinimumScore { get; init; } = 0.5;

    /// <summary>Of two boxes that overlap more (intersection over union), the one with the lower score is left out, 0..1.</summary>
    public double MaximumOverlap { get; init; } = 0.4;

    /// <summary>The longer side to which a picture is scaled, a multiple of 32, where the file takes any: smaller is faster and misses small faces.</summary>
    public int InputSize { get; init; } = 640;

    /// <summary>How many threads compute for one picture; 0 for one on each core.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIf(!(MinimumScore is >= 0 and <= 1 && MaximumOverlap is >= 0 and <= 1),
            $"MinimumScore {MinimumScore} or MaximumOverlap {MaximumOverlap} is outside 0..1", nameof(MinimumScore));
        ArgumentOutOfRangeException.ThrowIf(InputSize is < 32 or > 4096 || InputSize % 32 != 0,
            $"InputSize {InputSize} is no multiple of 32 from 32 to 4096", nameof(InputSize));
    }
}
