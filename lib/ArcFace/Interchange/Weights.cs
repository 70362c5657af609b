using static TorchSharp.torch;

namespace ArcFace.Interchange;

/// <summary>Carries weights between models and safetensors files, tensor by tensor, by name.</summary>
/// <remarks>
/// <see cref="Models.IResNet"/> and <see cref="Models.MobileFaceNet"/> use the names of InsightFace's <c>arcface_torch</c>, and a margin
/// softmax loss keeps its class centers as <c>weight</c> [C, D], as InsightFace's <c>PartialFC</c> does. So a body saved here is its
/// backbone's state dictionary, a head saved here its <c>state_dict_softmax_fc</c>, and the other way round.
/// </remarks>
public static class Weights
{
    /// <summary>Writes every parameter and persistent buffer of <paramref name="module"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="module">A body or a head.</param>
    public static void Save(string path, nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Safetensors.Save(path, StateOf(module), new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Reads the file <paramref name="path"/> into <paramref name="module"/>.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="module">The model that takes the weights, on any device.</param>
    /// <param name="strict">Whether names and shapes must agree exactly. If not, what fits is loaded and the rest reported.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or strict and not this model's; then nothing is changed.</exception>
    public static WeightReport Load(string path, nn.Module module, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Load(path);
        var report = Compare(module, tensors);
        if (strict && !report.IsComplete)
        {
            throw new InvalidDataException($"'{path}' does not hold this model's weights: {report.Refusal}");
        }

        Copy(module, tensors, report);
        return report;
    }

    /// <summary>Copies <paramref name="tensors"/> into <paramref name="module"/>, converting type and device.</summary>
    /// <param name="module">The model that takes the weights, on any device.</param>
    /// <param name="tensors">Name to tensor. They stay the caller's.</param>
    /// <param name="strict">Whether names and shapes must agree exactly. If not, what fits is loaded and the rest reported.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="ArgumentException">Strict, and a name or shape does not agree; then nothing is changed.</exception>
    public static WeightReport Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        var report = Compare(module, tensors);
        if (strict && !report.IsComplete)
        {
            throw new ArgumentException($"the tensors are not this model's weights: {report.Refusal}", nameof(tensors));
        }

        Copy(module, tensors, report);
        return report;
    }

    /// <summary>The parameters and persistent buffers of <paramref name="module"/> by name. They stay the module's.</summary>
    internal static Dictionary<string, Tensor> StateOf(nn.Module module) => module
        .named_parameters().Select(pair => (pair.name, tensor: (Tensor)pair.parameter))
        .Concat(module.named_buffers(include_nonpersistent: false).Select(pair => (pair.name, tensor: pair.buffer)))
        .ToDictionary(pair => pair.name, pair => pair.tensor, StringComparer.Ordinal);

    private static WeightReport Compare(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var state = StateOf(module);
        var loaded = new List<string>();
        var mismatched = new List<string>();
        foreach (var (name, own) in state.Where(pair => tensors.ContainsKey(pair.Key)))
        {
            if (own.shape.SequenceEqual(tensors[name].shape))
            {
                loaded.Add(name);
            }
            else
            {
                mismatched.Add($"{name} ([{string.Join(", ", tensors[name].shape)}] for [{string.Join(", ", own.shape)}])");
            }
        }

        return new WeightReport(
            loaded,
            [.. state.Keys.Where(name => !tensors.ContainsKey(name))],
            [.. tensors.Keys.Where(name => !state.ContainsKey(name)).Order(StringComparer.Ordinal)],
            mismatched);
    }

    private static void Copy(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, WeightReport report)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var state = StateOf(module);
        foreach (string name in report.Loaded)
        {
            state[name].copy_(tensors[name]);
        }
    }
}
