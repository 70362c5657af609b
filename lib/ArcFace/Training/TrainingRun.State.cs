using ArcFace.Interchange;

namespace ArcFace.Training;

/// <summary>The state of a run: whether it is good, how it is kept, and how one that was kept is taken up again.</summary>
internal sealed partial class TrainingRun
{
    private const int MostNames = 5;

    private void Save()
    {
        if (options.CheckpointPath is not { } path)
        {
            return;
        }

        using var scope = NewDisposeScope();
        RequireFiniteState();
        var position = new RunPosition(_epoch, _batch, _lossSum, batches.BatchesPerEpoch, _stoppedEarly, _history, _settings);
        var tensors = State();
        tensors.Add("generator", GeneratorState.Read());
        Checkpoint.Save(path, tensors, position);
        _savedStep = Step;
    }

    private void Resume(string path)
    {
        using var scope = NewDisposeScope();
        var position = Checkpoint.Load(path, out var tensors);
        string Then(string name) => $"{name} = {position.Settings.GetValueOrDefault(name, "none")}";
        string Now(string name) => $"{name} = {_settings.GetValueOrDefault(name, "none")}";
        string[] changed = [.. _settings.Keys.Union(position.Settings.Keys).Where(name => Then(name) != Now(name))];
        var told = changed.Take(MostNames).Select(name => $"it was made with {Then(name)}, and this run has {Now(name)}");
        Checkpoint.RefuseIf(changed.Length > 0, path,
            $"{string.Join("; ", told)}{(changed.Length > MostNames ? "; …" : "")}. Start it as before, or name another checkpoint.");
        Checkpoint.RefuseIf(position.BatchesPerEpoch != batches.BatchesPerEpoch, path,
            $"its epochs have {position.BatchesPerEpoch} batches, and these {batches.BatchesPerEpoch}");
        var own = State();
        bool Fits(string name) => tensors.TryGetValue(name, out var kept) && (name == "generator"
            || (own.TryGetValue(name, out var mine) && mine.shape.SequenceEqual(kept.shape) && mine.dtype == kept.dtype));
        string? odd = own.Keys.Append("generator").Union(tensors.Keys).FirstOrDefault(name => !Fits(name));
        Checkpoint.RefuseIf(odd is not null, path, $"it is of another model: '{odd}' is not in both with the same shape and type");
        string? bad = NotFinite(tensors).FirstOrDefault();
        Checkpoint.RefuseIf(bad is not null, path, $"its '{bad}' is not finite");
        bool usable = GeneratorState.IsUsable(tensors["generator"]);
        Checkpoint.RefuseIf(!usable, path, "its 'generator' is no state of this libtorch's random numbers");
        using (no_grad())
        {
            foreach (var (name, tensor) in own)
            {
                tensor.copy_(tensors[name]);
            }
        }

        GeneratorState.Restore(tensors["generator"]);
        _history.AddRange(position.History);
        (_epoch, _batch, _lossSum, _stoppedEarly) = (position.Epoch, position.Batch, position.LossSum, position.StoppedEarly);
        _savedStep = Step;
    }

    /// <summary>Refuses to go on, or to keep a state, that is not finite where no loss has shown it.</summary>
    private void RequireFiniteState()
    {
        if (NotFinite(State()).FirstOrDefault() is { } name)
        {
            throw Diverged($"'{name}' is not finite, while the loss is,", Math.Max(Step, 1), null);
        }
    }

    /// <summary>A buffer may hold infinities by design, as a mask does: those that begin with some are not looked at.</summary>
    private void ExemptBuffers()
    {
        var state = State();
        _exempt.UnionWith(NotFinite(state).Where(name => state[name] is not Parameter));
    }

    /// <summary>The names of the tensors in which a number is not finite, but for those that began so.</summary>
    private IEnumerable<string> NotFinite(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var numbers = state.Where(pair => pair.Value.is_floating_point() && pair.Value.device_type != DeviceType.META
            && !_exempt.Contains(pair.Key)).ToList();
        var type = numbers.Any(pair => pair.Value.dtype == ScalarType.Float64) ? ScalarType.Float64 : ScalarType.Float32;
        double[] sums = Read(numbers.Select(pair => pair.Value.sum(type)));

        // One pass that makes no copy; only where a sum has overflowed, another that does.
        return [.. numbers.Zip(sums).Where(pair => !double.IsFinite(pair.Second) && !pair.First.Value.isfinite().all().item<bool>())
            .Select(pair => pair.First.Key)];
    }

    private Dictionary<string, Tensor> State()
    {
        var state = Weights.StateOf(body).ToDictionary(pair => $"body.{pair.Key}", pair => pair.Value, StringComparer.Ordinal);
        foreach (var (name, tensor) in head is null ? [] : Weights.StateOf(head))
        {
            state.Add($"head.{name}", tensor);
        }

        foreach (var (name, tensor) in _update.Memory)
        {
            state.Add($"optimizer.{name}", tensor);
        }

        return state;
    }
}
