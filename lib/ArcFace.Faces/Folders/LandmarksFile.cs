namespace ArcFace.Faces.Folders;

/// <summary>Landmarks as text: a line a picture, <c>person/file</c> and ten numbers, separated by tabs.</summary>
internal static class LandmarksFile
{
    public const string UsualName = "landmarks.txt";

    internal const long MaximumLength = 1L << 30;
    private const float Farthest = 1e6f;
    private const int FieldCount = 11;

    /// <summary>Reads them. Memory is at most 16 times the length of the file, which is at most <see cref="MaximumLength"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is too long, or a line is not as described.</exception>
    public static Dictionary<string, FaceLandmarks> Read(string path)
    {
        var landmarks = new Dictionary<string, FaceLandmarks>(StringComparer.Ordinal);
        foreach (var (before, line) in BoundedFile.Lines(path, MaximumLength).Index().Where(line => line.Item.Length > 0))
        {
            string At() => $"'{path}', line {before + 1}: the line";
            (string picture, var points) = Parse(line) ?? throw new InvalidDataException($"{At()} is not a picture and ten numbers between tabs");
            InvalidDataException.ThrowIf(!landmarks.TryAdd(picture, points), $"{At()} is the second for '{picture}'");
        }

        return landmarks;
    }

    public static void Write(string path, IEnumerable<KeyValuePair<string, FaceLandmarks>> landmarks) =>
        AtomicFile.WriteLines(path, landmarks.Select(pair => string.Join('\t', pair.Value.Points
            .SelectMany(point => new[] { point.X, point.Y })
            .Select(value => value.ToString("F3", CultureInfo.InvariantCulture))
            .Prepend(pair.Key))));

    private static (string Picture, FaceLandmarks Landmarks)? Parse(string line)
    {
        string[] fields = line.Split('\t');
        if (fields.Length != FieldCount || fields[0].Length == 0)
        {
            return null;
        }

        float[] numbers = [.. fields.Skip(1).Select(Number)];
        float Number(string text) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) ? number : float.NaN;
        var landmarks = FaceLandmarks.Of(numbers);
        return numbers.All(number => Math.Abs(number) <= Farthest) && landmarks.Points.Distinct().Count() > 1 ? (fields[0], landmarks) : null;
    }
}
