using ArcFace.Faces.Onnx;
using ArcFace.Faces.Pictures;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ArcFace.Faces.Detection;

/// <summary>Finds faces and their five points with an ONNX file that the user brings: YuNet or SCRFD, told apart by their outputs.</summary>
/// <remarks>The picture is scaled to fit into the network's input, laid at its top left, and the rest is black. Several threads may detect
/// at once. What is said of files at <see cref="OnnxEmbedder"/> holds here.</remarks>
public sealed class FaceDetector : IDisposable
{
    // The overlap of all pairs is looked at: a file that finds faces everywhere must not take forever.
    private const int MostCandidates = 5000, SmallestSide = 64, LargestStride = 32;

    private readonly InferenceSession _session;
    private readonly DetectorOutputs _outputs;
    private readonly FaceDetectorOptions _options;
    private readonly string _path;

    // −1 where any is taken.
    private readonly int _width, _height;

    private FaceDetector(string path, InferenceSession session, DetectorOutputs outputs, FaceDetectorOptions options)
    {
        (_path, _session, _outputs, _options) = (path, session, outputs, options);
        int[] form = session.InputMetadata.Single().Value.Dimensions;
        (_height, _width) = (form[2], form[3]);
    }

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
        var session = OnnxFile.Open(path, options.Threads);
        try
        {
            var outputs = DetectorOutputs.Recognise(session.OutputNames);
            if (outputs is null || session.OutputMetadata.Values.Any(output => !output.IsTensor || output.ElementDataType != TensorElementType.Float)
                || session.InputMetadata.Count != 1
                || session.InputMetadata.Single().Value is not { IsTensor: true, ElementDataType: TensorElementType.Float, Dimensions: [1 or < 0, 3, var height, var width] }
                || height == 0 || width == 0 || (height > 0 && height % LargestStride != 0) || (width > 0 && width % LargestStride != 0))
            {
                throw OnnxFile.Bad(path, $"it goes from {string.Join(", ", session.InputMetadata.Select(OnnxFile.Describe))} to {string.Join(", ", session.OutputNames)}: "
                    + "a detector goes from [1, 3, H, W] to the outputs of YuNet (cls_8, obj_8, bbox_8, kps_8 … 32) or the 6 or 9 of SCRFD");
            }

            var detector = new FaceDetector(path, session, outputs, options);
            using var black = Picture.Of(new byte[SmallestSide * SmallestSide], SmallestSide, SmallestSide);
            detector.Detect(black);
            return detector;
        }
        catch (InvalidOperationException error)
        {
            session.Dispose();
            throw OnnxFile.Bad(path, error.Message, error);
        }
        catch
        {
            session.Dispose();
            throw;
        }
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
    public void Dispose() => _session.Dispose();

    internal IReadOnlyList<DetectedFace> Detect(Picture picture)
    {
        double fit = (double)_options.InputSize / Math.Max(picture.Width, picture.Height);
        int width = _width > 0 ? _width : RoundedUp(picture.Width * fit), height = _height > 0 ? _height : RoundedUp(picture.Height * fit);
        double scale = Math.Min((double)width / picture.Width, (double)height / picture.Height);

        // Scaled about the corner of the picture, which is half a pixel off the middle of its first pixel.
        double shift = (scale - 1) / 2;
        using var input = picture.Transformed(new SimilarityTransform(scale, 0, shift, shift), width, height);
        byte[] planes = new byte[3 * width * height];
        input.CopyTo(planes);

        var best = new List<DetectedFace>();
        var candidates = _outputs.Decode(Run(_outputs.Input(planes), width, height), width, height, _options.MinimumScore)
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

    private Dictionary<string, float[]> Run(float[] pixels, int width, int height)
    {
        try
        {
            using var options = new RunOptions();
            using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, height, width]);
            using var outputs = _session.Run(options, _session.InputNames, [input], _session.OutputNames);
            return outputs.Zip(_session.OutputNames).ToDictionary(pair => pair.Second, pair => pair.First.GetTensorDataAsSpan<float>().ToArray());
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidOperationException($"'{_path}' fails on a picture of {width}×{height}: {error.Message}", error);
        }
    }
}
