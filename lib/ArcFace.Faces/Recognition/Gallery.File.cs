using System.Text.Json;
using ArcFace.Losses;

namespace ArcFace.Faces.Recognition;

public sealed partial class Gallery
{
    private const string Format = "arcface-gallery-1";

    /// <summary>Writes names, templates and threshold as safetensors; the file is replaced in one stroke.</summary>
    /// <remarks>It holds no pictures. Templates are personal data all the same: they are compared with anybody's pictures later.</remarks>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["templates"] = _templates?.narrow(0, 0, Count) ?? zeros([0, 0], ScalarType.Float32),
            ["lengths"] = tensor(_people.Values.Select(person => person.Length).ToArray()),
            ["pictures"] = tensor(_people.Values.Select(person => person.Pictures).ToArray()),
        };
        var about = new Dictionary<string, string> { ["format"] = Format, ["names"] = JsonSerializer.Serialize(Names) };
        if (Threshold is { } threshold)
        {
            about.Add("threshold", threshold.ToString("R", CultureInfo.InvariantCulture));
        }

        Safetensors.Save(path, tensors, about);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or no gallery; the message says why.</exception>
    public static Gallery Load(string path)
    {
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Load(path, out var about);
        var gallery = new Gallery();
        try
        {
            string? wrong = gallery.Fill(tensors, about);
            return wrong is null ? gallery : throw new InvalidDataException($"'{path}' is no gallery: {wrong}");
        }
        catch (Exception error)
        {
            gallery.Dispose();
            InvalidDataException.ThrowIf(error is JsonException, $"'{path}' is no gallery: its names are no list of texts");
            throw;
        }
    }

    /// <summary>Takes what a file holds; returns what is wrong with it, if anything.</summary>
    private string? Fill(Dictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> about)
    {
        if (about.GetValueOrDefault("format") != Format)
        {
            return $"its format is '{about.GetValueOrDefault("format")}', not '{Format}'";
        }

        if (tensors.GetValueOrDefault("templates") is not { dtype: ScalarType.Float32, shape: [var count, var width] } templates
            || tensors.GetValueOrDefault("lengths") is not { dtype: ScalarType.Float64, shape: [var lengthCount] } lengths || lengthCount != count
            || tensors.GetValueOrDefault("pictures") is not { dtype: ScalarType.Int64, shape: [var pictureCount] } pictures || pictureCount != count)
        {
            return "it lacks templates [N, D], lengths [N] or pictures [N]";
        }

        string[]? names = JsonSerializer.Deserialize<string[]>(about.GetValueOrDefault("names", ""));
        if (names?.Length != count || names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != count)
        {
            return $"it has not a name, and each name once, for {count} templates";
        }

        double threshold = 0;
        if (about.TryGetValue("threshold", out string? text)
            && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out threshold) && double.IsFinite(threshold)))
        {
            return $"its threshold is '{text}'";
        }

        if (count > 0)
        {
            double off = UnitVectors.Lengths(templates).Plus(-1).abs().amax().item<float>();
            if (!(off <= 1e-3) || !(lengths.amin().item<double>() > 0) || !double.IsFinite(lengths.amax().item<double>()) || pictures.amin().item<long>() < 1)
            {
                return "a template has not length one, or no pictures behind it";
            }

            Reserve((int)count, width);
            _templates!.narrow(0, 0, count).copy_(templates);
        }

        _threshold = text is null ? null : threshold;
        foreach (var (name, length, number) in names.Zip(lengths.data<double>().ToArray(), pictures.data<long>().ToArray()))
        {
            Place(name, new(length, number));
        }

        return null;
    }
}
