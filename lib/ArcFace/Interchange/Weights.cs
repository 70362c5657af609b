namespace ArcFace.Interchange;

/// <summary>Carries weights between models and files, tensor by tensor, by name.</summary>
/// <remarks><see cref="Models.IResNet"/> and <see cref="Models.MobileFaceNet"/> use the names of InsightFace's <c>arcface_torch</c>, and a
/// margin softmax loss keeps its class centers as <c>weight</c> [C, D], as InsightFace's <c>PartialFC</c> does. So a body saved here is its
/// backbone's state dictionary, a head saved here its <c>state_dict_softmax_fc</c>, and the other way round. What is written is
/// safetensors. What is read is safetensors or the zip format of <c>torch.save</c>, told apart by content; of the latter, state
/// dictionaries of tensors only, never Python code.</remarks>
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
    /// <param name="path">A safetensors file, or one that <c>torch.save</c> wrote (<c>.pth</c>, <c>.pt</c>).</param>
    /// <param name="module">The model that takes the weights, on any device.</param>
    /// <param name="strict">Whether names and shapes must agree exactly. If not, what fits is loaded and the rest reported.</param>
    /// <param name="prefix">What the names in the file begin with and the model's do not: <c>module.</c> after
    /// <c>DistributedDataParallel</c>, <c>state_dict_backbone.</c> in a checkpoint that holds more. Names without it are left out.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or strict and not this model's; then nothing is changed.</exception>
    public static WeightReport Load(string path, nn.Module module, bool strict = true, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(module);
        using var scope = NewDisposeScope();
        var tensors = Read(path, prefix, StateOf(module).Values.Sum(own => own.numel() * own.element_size()));
        var report = Compare(module, tensors);
        InvalidDataException.ThrowIf(strict && !report.IsComplete, $"'{path}' does not hold this model's weights: {report.Refusal}");
        Copy(module, tensors, report);
        return report;
    }

    /// <summary>Reads the tensors of a file, without a model to put them into.</summary>
    /// <param name="path">A safetensors file, or one that <c>torch.save</c> wrote. Dictionaries within its dictionary give <c>outer.inner</c>.</param>
    /// <param name="prefix">Only names that begin with it are read, and it is taken away.</param>
    /// <returns>CPU tensors by name. They belong to the current <see cref="TorchSharp.DisposeScope"/> if there is one, else to the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another format; the message says what is wrong.</exception>
    public static Dictionary<string, Tensor> Read(string path, string prefix = "") => Read(path, prefix, expectedBytes: 0);

    /// <summary>Copies <paramref name="tensors"/> into <paramref name="module"/>, converting type and device.</summary>
    /// <param name="module">The model that takes the weights, on any device.</param>
    /// <param name="tensors">Name to tensor. They stay the caller's.</param>
    /// <param name="strict">Whether names and shapes must agree exactly. If not, what fits is loaded and the rest reported.</param>
    /// <returns>What was loaded and what was not.</returns>
    /// <exception cref="ArgumentException">A tensor is null, disposed, sparse or of an unknown type; or strict, and a name or shape does
    /// not agree. Then nothing is changed.</exception>
    public static WeightReport Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsWriter.RequireDense(tensors);
        var report = Compare(module, tensors);
        ArgumentException.ThrowIf(
            strict && !report.IsComplete, $"the tensors are not this model's weights: {report.Refusal}", nameof(tensors));
        Copy(module, tensors, report);
        return report;
    }

    /// <summary>The parameters and persistent buffers of <paramref name="module"/> by name. They stay the module's.</summary>
    internal static Dictionary<string, Tensor> StateOf(nn.Module module) => module
        .named_parameters().Select(pair => (pair.name, tensor: (Tensor)pair.parameter))
        .Concat(module.named_buffers(include_nonpersistent: false).Select(pair => (pair.name, tensor: pair.buffer)))
        .ToDictionary(pair => pair.name, pair => pair.tensor, StringComparer.Ordinal);

    private static Dictionary<string, Tensor> Read(string path, string prefix, long expectedBytes)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (PyTorchFile.Is(path))
        {
            return PyTorchFile.Load(path, prefix, expectedBytes);
        }

        using var scope = NewDisposeScope();
        return Safetensors.Load(path).Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value.MoveToOuterDisposeScope(), StringComparer.Ordinal);
    }

    private static WeightReport Compare(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var state = StateOf(module);
        ILookup<bool, string> common = state.Keys.Where(tensors.ContainsKey).ToLookup(name => state[name].shape.SequenceEqual(tensors[name].shape));
        return new WeightReport(
            [.. common[true]],
            [.. state.Keys.Where(name => !tensors.ContainsKey(name))],
            [.. tensors.Keys.Where(name => !state.ContainsKey(name)).Order(StringComparer.Ordinal)],
            [.. common[false].Select(name => $"{name} ({Guard.Shape(tensors[name])} for {Guard.Shape(state[name])})")]);
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

/// <summary>How a set of named tensors and a model's parameters and buffers met.</summary>
/// <param name="Loaded">The names that were copied.</param>
/// <param name="Missing">What the model has and the tensors do not.</param>
/// <param name="Unexpected">What the tensors have and the model does not.</param>
/// <param name="Mismatched">Names that both have in different shapes, with both shapes.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Mismatched)
{
    private const int MostNames = 5;

    /// <summary>Whether every name agreed in both directions.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>One line that names what did not agree.</summary>
    public override string ToString() => $"{Loaded.Count} loaded{Differences}";

    /// <summary>What a strict load says where it refused.</summary>
    internal string Refusal => $"nothing was loaded, though {Loaded.Count} names fit{Differences}";

    private string Differences => Part("missing", Missing) + Part("unexpected", Unexpected) + Part("of another shape", Mismatched);

    private static string Part(string what, IReadOnlyList<string> names) => names.Count switch
    {
        0 => "",
        <= MostNames => $"; {names.Count} {what}: {string.Join(", ", names)}",
        _ => $"; {names.Count} {what}: {string.Join(", ", names.Take(MostNames))}, …",
    };
}
