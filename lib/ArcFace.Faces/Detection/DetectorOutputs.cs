namespace ArcFace.Faces.Detection;

/// <summary>How a family of detectors lays out its input and its outputs.</summary>
internal abstract class DetectorOutputs
{
    protected static readonly int[] Strides = [8, 16, 32];

    /// <summary>The family whose outputs these are; null where it is neither.</summary>
    public static DetectorOutputs? Recognise(IReadOnlyList<string> names) =>
        Yunet.Names.All(names.Contains) ? new Yunet() : names.Count is 6 or 9 ? new Scrfd(names) : null;

    public abstract bool HasLandmarks { get; }

    /// <summary>Pixels as bytes, red plane first, as the network takes them.</summary>
    public abstract float[] Input(byte[] planes);

    /// <summary>Every face of at least a score, in pixels of the input, whose width and height are given.</summary>
    /// <exception cref="InvalidOperationException">An output is missing or has another length.</exception>
    public abstract IEnumerable<DetectedFace> Decode(IReadOnlyDictionary<string, float[]> outputs, int width, int height, double minimumScore);

    protected static float[] Output(IReadOnlyDictionary<string, float[]> outputs, string name, int length) =>
        outputs.GetValueOrDefault(name) is { } values && values.Length == length
            ? values
            : throw new InvalidOperationException($"its output '{name}' has {outputs.GetValueOrDefault(name)?.Length ?? 0} numbers, not {length}");

    /// <summary>Five points from ten numbers, (column + x)·stride.</summary>
    protected static FaceLandmarks Points(ReadOnlySpan<float> numbers, int column, int row, int stride) =>
        FaceLandmarks.Of(numbers).Moved(point => (new Vector2(column, row) + point) * stride);

    /// <summary>YuNet (OpenCV): blue first, 0 to 255; for each stride a class, an object, a box and five points a cell.</summary>
    /// <remarks>Score √(class·object); box of middle ((column + b₀)·s, (row + b₁)·s) and size (e^b₂·s, e^b₃·s). Source: Wu et al., "YuNet", 2023.</remarks>
    private sealed class Yunet : DetectorOutputs
    {
        public static readonly string[] Names = [.. Strides.SelectMany(stride => new[] { $"cls_{stride}", $"obj_{stride}", $"bbox_{stride}", $"kps_{stride}" })];

        public override bool HasLandmarks => true;

        public override float[] Input(byte[] planes)
        {
            int plane = planes.Length / 3;
            byte[] blueFirst = [.. planes[(2 * plane)..], .. planes[plane..(2 * plane)], .. planes[..plane]];
            return Array.ConvertAll(blueFirst, value => (float)value);
        }

        public override IEnumerable<DetectedFace> Decode(IReadOnlyDictionary<string, float[]> outputs, int width, int height, double minimumScore)
        {
            foreach (int stride in Strides)
            {
                int columns = width / stride, cells = columns * (height / stride);
                float[] classes = Output(outputs, $"cls_{stride}", cells), objects = Output(outputs, $"obj_{stride}", cells);
                float[] boxes = Output(outputs, $"bbox_{stride}", 4 * cells), points = Output(outputs, $"kps_{stride}", 10 * cells);
                for (int i = 0; i < cells; i++)
                {
                    float score = MathF.Sqrt(Math.Clamp(classes[i], 0, 1) * Math.Clamp(objects[i], 0, 1));
                    if (score >= minimumScore)
                    {
                        (int row, int column) = Math.DivRem(i, columns);
                        float w = MathF.Exp(boxes[(4 * i) + 2]) * stride, h = MathF.Exp(boxes[(4 * i) + 3]) * stride;
                        float x = ((column + boxes[4 * i]) * stride) - (w / 2), y = ((row + boxes[(4 * i) + 1]) * stride) - (h / 2);
                        yield return new(x, y, w, h, score, Points(points.AsSpan(10 * i, 10), column, row, stride));
                    }
                }
            }
        }
    }

    /// <summary>SCRFD (InsightFace): red first, (v − 127.5) / 128; scores, boxes and points by stride, one or more anchors a cell.</summary>
    /// <remarks>The anchor lies at (column·s, row·s); a box is its distances to left, top, right and bottom, in strides. Source: Guo et
    /// al., "Sample and computation redistribution for efficient face detection", arXiv 2105.04714.</remarks>
    private sealed class Scrfd(IReadOnlyList<string> names) : DetectorOutputs
    {
        public override bool HasLandmarks => names.Count == 9;

        public override float[] Input(byte[] planes) => Array.ConvertAll(planes, value => (value - 127.5f) / 128);

        public override IEnumerable<DetectedFace> Decode(IReadOnlyDictionary<string, float[]> outputs, int width, int height, double minimumScore)
        {
            for (int level = 0; level < Strides.Length; level++)
            {
                int stride = Strides[level], columns = width / stride, cells = columns * (height / stride);
                int anchors = Math.Max(1, (outputs.GetValueOrDefault(names[level])?.Length ?? 0) / cells), count = anchors * cells;
                float[] scores = Output(outputs, names[level], count), boxes = Output(outputs, names[level + 3], 4 * count);
                float[]? points = HasLandmarks ? Output(outputs, names[level + 6], 10 * count) : null;
                for (int i = 0; i < count; i++)
                {
                    if (scores[i] >= minimumScore)
                    {
                        (int row, int column) = Math.DivRem(i / anchors, columns);
                        float left = (column - boxes[4 * i]) * stride, top = (row - boxes[(4 * i) + 1]) * stride;
                        float right = (column + boxes[(4 * i) + 2]) * stride, bottom = (row + boxes[(4 * i) + 3]) * stride;
                        var landmarks = points is null ? null : Points(points.AsSpan(10 * i, 10), column, row, stride);
                        yield return new(left, top, right - left, bottom - top, Math.Min(scores[i], 1), landmarks);
                    }
                }
            }
        }
    }
}
