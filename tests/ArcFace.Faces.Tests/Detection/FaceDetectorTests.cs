using System.Numerics;
using ArcFace.Faces.Detection;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using global::Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class FaceDetectorTests : IDisposable
{
    private static readonly float[] Points = [0.25f, 0.5f, 0.75f, 0.5f, 0.5f, 1, 0.25f, 1.5f, 1, 1.5f];

    // Of YuNet: the middle half a cell right and a quarter down, 2 cells wide, 4 high. Of SCRFD: 1 cell left, ½ up, 2 right, 3 down.
    private static readonly float[] YunetBox = [0.5f, 0.25f, MathF.Log(2), MathF.Log(4)], ScrfdBox = [1, 0.5f, 2, 3];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void YuNet_s_boxes_and_points_lie_where_its_formula_puts_them(int stride)
    {
        using var detector = FaceDetector.FromFile(DetectorFiles.Yunet(_folder["y.onnx"], 96, stride, YunetBox, Points));
        Tensor picture = zeros(3, 96, 96);
        Mark(picture, column: 1, row: 2, stride);
        DetectedFace face = Assert.Single(detector.Detect(picture));

        // Middle (1.5, 2.25), size (2, 4): from (0.5, 0.25), in cells.
        AssertBox(face, 0.5f * stride, 0.25f * stride, 2 * stride, 4 * stride);
        Assert.Equal(1, face.Score, 1e-6);
        AssertPoints(face, stride, [new(1.25f, 2.5f), new(1.75f, 2.5f), new(1.5f, 3), new(1.25f, 3.5f), new(2, 3.5f)]);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(16, false)]
    [InlineData(32, true)]
    public void SCRFD_s_boxes_and_points_lie_where_its_formula_puts_them(int stride, bool batchDimension)
    {
        using var detector = FaceDetector.FromFile(DetectorFiles.Scrfd(_folder["s.onnx"], 96, stride, ScrfdBox, Points, batchDimension));
        Assert.True(detector.HasLandmarks);
        Tensor picture = zeros(3, 96, 96);
        Mark(picture, column: 2, row: 1, stride);
        DetectedFace face = Assert.Single(detector.Detect(picture));
        AssertBox(face, 1 * stride, 0.5f * stride, 3 * stride, 3.5f * stride);
        Assert.Equal(1, face.Score, 1e-6);
        AssertPoints(face, stride, [new(2.25f, 1.5f), new(2.75f, 1.5f), new(2.5f, 2), new(2.25f, 2.5f), new(3, 2.5f)]);

        using var boxes = FaceDetector.FromFile(DetectorFiles.Scrfd(_folder["b.onnx"], 96, stride, ScrfdBox, null, batchDimension));
        Assert.False(boxes.HasLandmarks);
        Assert.Equal(face with { Landmarks = null }, Assert.Single(boxes.Detect(picture)));
    }

    [Theory]
    [InlineData(192, 192)]
    [InlineData(48, 32)]
    [InlineData(37, 51)]
    [InlineData(301, 203)]
    [InlineData(300, 100)]
    public void A_picture_of_any_size_is_scaled_to_fit_and_what_is_found_scaled_back(int height, int width)
    {
        foreach (bool yunet in new[] { true, false })
        {
            foreach (long side in new long[] { 96, -1 })
            {
                string path = yunet ? DetectorFiles.Yunet(_folder["d.onnx"], side, 8, YunetBox, Points) : DetectorFiles.Scrfd(_folder["d.onnx"], side, 8, ScrfdBox, Points, true);
                using var detector = FaceDetector.FromFile(path, new() { InputSize = 96 });
                double scale = 96.0 / Math.Max(height, width);

                // Red around what becomes the pixel at the corner of cell (1, 1): (8, 8) of the input is 8.5 pixels from its edge.
                double middle = (8.5 / scale) - 0.5;
                int from = (int)Math.Floor(middle - (1.5 / scale)), to = (int)Math.Ceiling(middle + (1.5 / scale));
                Tensor picture = zeros(3, height, width);
                picture[0, from..(to + 1), from..(to + 1)] = tensor(1f);
                DetectedFace face = Assert.Single(detector.Detect(picture));
                double left = yunet ? 0.5 : 0, top = yunet ? -0.75 : 0.5;
                AssertBox(face, (float)((((left * 8) + 0.5) / scale) - 0.5), (float)((((top * 8) + 0.5) / scale) - 0.5),
                    (float)((yunet ? 2 : 3) * 8 / scale), (float)((yunet ? 4 : 3.5) * 8 / scale));
                Assert.Equal(((1.25 * 8) + 0.5) / scale - 0.5, face.Landmarks!.LeftEye.X, 1e-3 / scale);
            }
        }
    }

    [Fact]
    public void Where_no_cell_is_sure_there_is_no_face()
    {
        using var yunet = FaceDetector.FromFile(DetectorFiles.Yunet(_folder["y.onnx"], -1, 8, YunetBox, Points));
        using var scrfd = FaceDetector.FromFile(DetectorFiles.Scrfd(_folder["s.onnx"], -1, 8, ScrfdBox, Points, true));
        Tensor blue = zeros(3, 50, 70);
        blue[2] = tensor(1f);
        foreach (Tensor picture in new[] { zeros(1, 50, 70), blue, ones(3, 50, 70) * 0.2 })
        {
            Assert.Empty(yunet.Detect(picture));
            Assert.Empty(scrfd.Detect(picture));
        }
    }

    [Fact]
    public void Of_boxes_that_overlap_too_much_the_surest_stays()
    {
        // Every cell of a red picture finds a face. Boxes of 1.5 × 1.5 cells one cell apart share 0.5/2.5 along a side: 0.2.
        float[] box = [0.5f, 0.5f, MathF.Log(1.5f), MathF.Log(1.5f)];
        string path = DetectorFiles.Yunet(_folder["y.onnx"], 64, 8, box, Points);
        Tensor picture = zeros(3, 64, 64);
        picture[0] = arange(64, 0, -1).unsqueeze(1).expand(64, 64) / 64;
        int Found(double overlap)
        {
            using var detector = FaceDetector.FromFile(path, new() { MaximumOverlap = overlap, MinimumScore = 0.01 });
            return detector.Detect(picture).Count;
        }

        Assert.Equal(64, Found(0.21));

        // With 0.19 and the surest row first: every second cell of every second row.
        Assert.Equal(16, Found(0.0));
        using var sure = FaceDetector.FromFile(path, new() { MinimumScore = 0.8 });

        // √(red) ≥ 0.8 in the rows at 0, 8 and 16 (red 1, 56/64, 48/64), not at 24 (40/64).
        var faces = sure.Detect(picture);
        Assert.Equal(24, faces.Count);
        Assert.Equal(faces.Select(face => face.Score).OrderDescending(), faces.Select(face => face.Score));
    }

    [Fact]
    public void The_largest_or_the_most_central_face_is_chosen()
    {
        DetectedFace large = new(0, 0, 50, 50, 0.6f, null), central = new(45, 45, 20, 20, 0.9f, null), other = new(80, 80, 10, 10, 1, null);
        Assert.Same(large, DetectedFace.Choose([other, large, central], FaceChoice.Largest, 100, 100));
        Assert.Same(central, DetectedFace.Choose([other, large, central], FaceChoice.MostCentral, 100, 100));
        Assert.Null(DetectedFace.Choose([], FaceChoice.Largest, 100, 100));
        Assert.Equal(25 / 2875.0, large.Overlap(central), 1e-12);
        Assert.Equal(0, large.Overlap(other));
    }

    [Fact]
    public void Files_that_are_no_detector_are_refused_with_what_they_are()
    {
        var graph = new GraphProto
        {
            Node = { OnnxFiles.Node("Relu", ["x"], ["y"]) },
            Input = { OnnxFiles.Value("x", [1, 3, 64, 64]) },
            Output = { OnnxFiles.Value("y", [1, 3, 64, 64]) },
        };
        Refused(OnnxFiles.Write(_folder["relu.onnx"], graph), "x Float [1, 3, 64, 64]");
        Refused(DetectorFiles.Yunet(_folder["y.onnx"], 40, 8, YunetBox, Points), "[1, 3, 40, 40]");
        Refused(DetectorFiles.Yunet(_folder["y.onnx"], 64, 8, [1, 2, 3], Points), "bbox_8");
        Refused(DetectorFiles.Scrfd(_folder["s.onnx"], 64, 8, ScrfdBox, new float[20], false), "point8");
        Refused(_folder.Write("text.onnx", "I am no network"u8), "");
        Assert.Throws<FileNotFoundException>(() => FaceDetector.FromFile(_folder["none.onnx"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaceDetector.FromFile(_folder["s.onnx"], new() { InputSize = 100 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaceDetector.FromFile(_folder["s.onnx"], new() { MinimumScore = double.NaN }));
    }

    [Fact]
    public void A_folder_without_landmarks_is_aligned_by_the_detector()
    {
        using var detector = FaceDetector.FromFile(DetectorFiles.Yunet(_folder["y.onnx"], 96, 16, YunetBox, [.. FaceLandmarks.Reference.Points.SelectMany(p => new[] { p.X / 32, p.Y / 32 })]));
        Directory.CreateDirectory(_folder["faces/Ann"]);
        Tensor two = rand(3, 96, 96) * 0.5;
        two[0] = tensor(0f);
        Tensor none = two.clone();
        Mark(two, column: 1, row: 1, stride: 16);
        Mark(two, column: 2, row: 3, stride: 16);
        PictureFile.Save(_folder["faces/Ann/two.png"], two);
        PictureFile.Save(_folder["faces/Ann/none.png"], none);

        var folder = FaceFolder.Open(_folder["faces"], new() { Detector = detector, FaceChoice = FaceChoice.MostCentral });
        Assert.Contains("shows no face", Assert.Single(folder.Skipped).Reason);
        FaceLandmarks landmarks = Assert.Single(folder.Pictures).Landmarks!;
        Assert.Equal(16 * (2 + (FaceLandmarks.Reference.LeftEye.X / 32)), landmarks.LeftEye.X, 1e-3);
        Assert.Equal(16 * (3 + (FaceLandmarks.Reference.LeftEye.Y / 32)), landmarks.LeftEye.Y, 1e-3);
        Tensor file = PictureFile.Load(_folder["faces/Ann/two.png"]);
        Assert.True(folder.Load(0).equal(PictureFile.Aligned(file, [landmarks])[0]).all().item<bool>());

        // A file of landmarks comes first.
        File.WriteAllText(_folder["faces/landmarks.txt"], "Ann/two.png\t1\t1\t6\t1\t4\t3\t2\t6\t5\t6\n");
        Assert.Equal(1, Assert.Single(FaceFolder.Open(_folder["faces"], new() { Detector = detector }).Pictures).Landmarks!.LeftEye.X);

        using var boxes = FaceDetector.FromFile(DetectorFiles.Scrfd(_folder["b.onnx"], 96, 8, ScrfdBox, null, true));
        Assert.Contains("five points", Assert.Throws<ArgumentException>(() => FaceFolder.Open(_folder["faces"], new() { Detector = boxes })).Message);
    }

    private static void Mark(Tensor picture, int column, int row, int stride) => picture[0, row * stride, column * stride] = tensor(1f);

    private static void AssertBox(DetectedFace face, float left, float top, float width, float height)
    {
        float tolerance = 1e-4f * Math.Max(width, height);
        Assert.Equal(left, face.Left, tolerance);
        Assert.Equal(top, face.Top, tolerance);
        Assert.Equal(width, face.Width, tolerance);
        Assert.Equal(height, face.Height, tolerance);
    }

    private static void AssertPoints(DetectedFace face, int stride, Vector2[] cells) =>
        Assert.All(cells.Zip(face.Landmarks!.Points), pair => Assert.True(Vector2.Distance(pair.First * stride, pair.Second) < 1e-3, $"{pair.Second} is not {pair.First * stride}"));

    private static void Refused(string path, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => FaceDetector.FromFile(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }
}
