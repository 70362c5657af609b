using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArcFace.Interchange;

namespace ArcFace.Training;

/// <summary>Where a run stands, besides its tensors.</summary>
internal sealed record RunPosition(
    int Epoch,
    int Batch,
    double LossSum,
    int BatchesPerEpoch,
    bool StoppedEarly,
    IReadOnlyList<EpochRecord> History,
    IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Whether it is one that a run can have; a file may say anything.</summary>
    public bool IsPossible =>
        Epoch >= 0 && Batch >= 0 && Batch < BatchesPerEpoch && double.IsFinite(LossSum)
        && Settings is not null && History is not null && History.Count == Epoch
        && History.Index().All(one => one.Item is { } record && record.Epoch == one.Index + 1
            && double.IsFinite(record.Loss) && double.IsFinite(record.LearningRate));
}

/// <summary>A run on disk: a safetensors file with a version and a checksum. Reading it runs no code.</summary>
internal static class Checkpoint
{
    // A validation score may be no number.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private const string Format = "arcface-checkpoint", Version = "2";

    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors, RunPosition position)
    {
        string json = JsonSerializer.Serialize(position, Json);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["version"] = Version,
            ["position"] = json,
            ["sha256"] = Checksum(tensors, json),
        };
        Safetensors.Save(path, tensors, metadata);
    }

    /// <exception cref="InvalidDataException">The file is damaged, foreign or of another version.</exception>
    public static RunPosition Load(string path, out Dictionary<string, Tensor> tensors)
    {
        tensors = Safetensors.Load(path, out var metadata);
        string? format = metadata.GetValueOrDefault("format"), version = metadata.GetValueOrDefault("version");
        RefuseIf(format != Format, path, "it is a safetensors file, but no checkpoint of a training run");
        RefuseIf(version != Version, path, $"it has version {version ?? "none"}, and this library reads version {Version}");
        string json = metadata.GetValueOrDefault("position") ?? throw Bad(path, "it has no position");
        bool intact = metadata.GetValueOrDefault("sha256") == Checksum(tensors, json);
        RefuseIf(!intact, path, "its checksum does not match its content: it is damaged");
        try
        {
            var position = JsonSerializer.Deserialize<RunPosition>(json, Json);
            return position is { IsPossible: true } ? position : throw Bad(path, "its position is none that a run can have");
        }
        catch (JsonException error)
        {
            throw Bad(path, $"its position cannot be read: {error.Message}");
        }
    }

    public static void RefuseIf(bool wrong, string path, string what) => InvalidDataException.ThrowIf(wrong, Refusal(path, what));

    private static InvalidDataException Bad(string path, string what) => new(Refusal(path, what));

    private static string Refusal(string path, string what) => $"'{path}' cannot be resumed from: {what}";

    internal static string Checksum(IReadOnlyDictionary<string, Tensor> tensors, string position)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(position));
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            string shape = string.Join(",", tensor.shape);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{name}\n{tensor.dtype}\n{shape}\n")));
            if (tensor.numel() > 0)
            {
                var flat = tensor.detach().cpu().contiguous().flatten();
                foreach (var part in flat.split(1 << 24))
                {
                    hash.AppendData(part.bytes);
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
