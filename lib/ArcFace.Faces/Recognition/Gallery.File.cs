using System.Diagnostics.CodeAnalysis;
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
            gallery.Fill(path, tensors, about);
            return gallery;
        }
        catch (Exception error)
        {
            gallery.Dispose();
            InvalidDataException.ThrowIf(error is JsonException, $"'{path}' is no gallery: its names are no list of texts");
            throw;
        }
    }

    private void Fill(string path, Dictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> about)
    {
        void Refuse([DoesNotReturnIf(true)] bool wrong, string reason) => InvalidDataException.ThrowIf(wrong, $"'{path}' is no gallery: {reason}");
        string? format = about.GetValueOrDefault("format"), text = about.GetValueOrDefault("threshold");
        Refuse(format != Format, $"its format is '{format}', not '{Format}'");
        Tensor? templates = tensors.GetValueOrDefault("templates");
        Tensor? lengths = tensors.GetValueOrDefault("lengths"), pictures = tensors.GetValueOrDefault("pictures");
        Refuse(templates is not { dtype: ScalarType.Float32, shape: [_, _] }
            || lengths is not { dtype: ScalarType.Float64, shape: [_] } || lengths.shape[0] != templates.shape[0]
            || pictures is not { dtype: ScalarType.Int64, shape: [_] } || pictures.shape[0] != templates.shape[0],
            "it lacks templates [N, D], lengths [N] or pictures [N]");
        (long count, long width) = (templates.shape[0], templates.shape[1]);
        string[]? names = JsonSerializer.Deserialize<string[]>(about.GetValueOrDefault("names", ""));
        Refuse(names?.Length != count || names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != count,
            $"it has not a name, and each name once, for {count} templates");
        double threshold = 0;
        Refuse(
            text is not null && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out threshold) && double.IsFinite(threshold)),
            $"its threshold is '{text}'");
        if (count > 0)
        {
            double off = UnitVectors.Lengths(templates).Plus(-1).abs().amax().item<float>();
            bool backed = lengths.amin().item<double>() > 0 && double.IsFinite(lengths.amax().item<double>()) && pictures.amin().item<long>() >= 1;
            Refuse(!(off <= 1e-3 && backed), "a template has not length one, or no pictures behind it");
            Reserve((int)count, width);
            _templates!.narrow(0, 0, count).copy_(templates);
        }

        _threshold = text is null ? null : threshold;
        foreach (var (name, length, number) in names.Zip(lengths.data<double>().ToArray(), pictures.data<long>().ToArray()))
        {
            Place(name, new(length, number));
        }
    }
}
