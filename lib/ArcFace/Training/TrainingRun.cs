using ArcFace.Data;
using System.Diagnostics;
using ArcFace.Interchange;
using static TorchSharp.torch;

namespace ArcFace.Training;

/// <summary>One run of a <see cref="Trainer"/>: everything that changes while it goes on.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _body;
    private readonly nn.Module? _head;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly TrainerOptions _options;
    private readonly Device _device;
    private readonly IBatchSource _batches;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly WeightUpdate _update;
    private readonly Tensor _losses;
    private readonly Stopwatch _watch = new();
    private readonly List<EpochRecord> _history = [];
    private int _epoch, _batch, _unread;
    private long _samples, _stepsHere;
    private double _lossSum;
    private bool _stoppedEarly, _hasCheckpoint;

    public TrainingRun(
        nn.Module<Tensor, Tensor> body,
        nn.Module? head,
        Func<Tensor, Tensor, Tensor> loss,
        TrainerOptions options,
        Device device,
        IBatchSource batches,
        IProgress<TrainingProgress>? progress)
    {
        (_body, _head, _loss, _options, _device, _batches, _progress) = (body, head, loss, options, device, batches, progress);
        using var scope = NewDisposeScope();
        _update = options.Optimizer.Create(TrainedParameter.Of(body, head, options.Optimizer));
        _losses = zeros(options.ReportEvery, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    private long Step => ((long)_epoch * _batches.BatchesPerEpoch) + _batch;

    private long TotalSteps => (long)_options.Epochs * _batches.BatchesPerEpoch;

    private double LearningRateAt(long step) => _options.Optimizer.LearningRate * _options.Schedule.Factor(step, TotalSteps);

    public TrainingHistory ToTheEnd(Func<double>? validate, CancellationToken cancellation)
    {
        if (_options.CheckpointPath is { } path && File.Exists(path))
        {
            Resume(path);
        }

        _watch.Start();
        while (_epoch < _options.Epochs && !_stoppedEarly)
        {
            SetTraining(true);
            TrainEpoch(cancellation);
            EndEpoch(validate);
        }

        SetTraining(false);
        return new TrainingHistory([.. _history], _stoppedEarly);
    }

    public void Dispose()
    {
        _update.Dispose();
        _losses.Dispose();
    }

    private void TrainEpoch(CancellationToken cancellation)
    {
        using var epoch = _batches.Epoch(_epoch, _batch).GetEnumerator();
        while (_batch < _batches.BatchesPerEpoch)
        {
            if (cancellation.IsCancellationRequested)
            {
                ReadLosses();
                Save();
                cancellation.ThrowIfCancellationRequested();
            }

            using (NewDisposeScope())
            {
                if (!epoch.MoveNext())
                {
                    throw new InvalidOperationException(
                        $"the batches of epoch {_epoch + 1} ended at {_batch}, and {_batches.BatchesPerEpoch} were announced");
                }

                TakeStep(epoch.Current);
            }

            if (_unread == _options.ReportEvery)
            {
                ReadLosses();
                Report(finished: null);
            }

            if (_options.CheckpointEvery is { } every && Step % every == 0 && _batch < _batches.BatchesPerEpoch)
            {
                ReadLosses();
                Save();
            }
        }
    }

    private void TakeStep(Batch batch)
    {
        var embeddings = _body.call(batch.Samples.to(_device));
        var loss = Loss(embeddings, batch.Labels.to(_device));
        loss.backward();
        using (no_grad())
        {
            if (_options.GradientClip is { } limit)
            {
                _update.Clip(limit);
            }

            _update.Step(Step + 1, _options.Schedule.Factor(Step, TotalSteps));
            _losses[_unread].copy_(loss);
        }

        _body.zero_grad();
        _head?.zero_grad();
        _samples += batch.Labels.shape[0];
        _unread++;
        _batch++;
        _stepsHere++;
    }

    private Tensor Loss(Tensor embeddings, Tensor labels)
    {
        try
        {
            return _loss(embeddings, labels);
        }
        catch (ArgumentException error) when (!embeddings.isfinite().all().item<bool>())
        {
            // A head may refuse what is not finite before it becomes a loss. An earlier loss may have shown it already.
            ReadLosses();
            throw Diverged(Step + 1, error);
        }
    }

    /// <summary>Reads the losses that gathered on the device, in order, and stops where one is not finite.</summary>
    private void ReadLosses()
    {
        if (_unread == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        float[] losses = _losses.slice(0, 0, _unread, 1).cpu().data<float>().ToArray();
        long first = Step - _unread;
        _unread = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            if (!float.IsFinite(losses[i]))
            {
                throw Diverged(first + i + 1, null);
            }

            _lossSum += losses[i];
        }
    }

    private TrainingDivergedException Diverged(long step, Exception? cause) =>
        new(step, LearningRateAt(step - 1), _hasCheckpoint ? _options.CheckpointPath : null, cause);

    private void EndEpoch(Func<double>? validate)
    {
        ReadLosses();
        double? score = validate is null ? null : Validate(validate);
        var record = new EpochRecord(_epoch + 1, _lossSum / _batches.BatchesPerEpoch, LearningRateAt(Step - 1), score);
        _history.Add(record);
        _stoppedEarly = _options.Patience is { } patience && _epoch + 1 < _options.Epochs && EpochsWithoutProgress() >= patience;
        Report(record);
        (_epoch, _batch, _lossSum) = (_epoch + 1, 0, 0);
        Save();
    }

    private double Validate(Func<double> validate)
    {
        SetTraining(false);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return validate();
    }

    private int EpochsWithoutProgress()
    {
        int best = 0;
        for (int i = 1; i < _history.Count; i++)
        {
            best = _history[i].Validation > _history[best].Validation ? i : best;
        }

        return _history.Count - 1 - best;
    }

    private void SetTraining(bool training)
    {
        _body.train(training);
        _head?.train(training);
    }

    private void Report(EpochRecord? finished)
    {
        double seconds = Math.Max(_watch.Elapsed.TotalSeconds, 1e-9);
        long stepsLeft = _stoppedEarly ? 0 : TotalSteps - Step;
        var left = TimeSpan.FromSeconds(seconds / Math.Max(_stepsHere, 1) * stepsLeft);
        double rate = LearningRateAt(Step - 1);
        _progress?.Report(new TrainingProgress(
            _epoch + 1, _options.Epochs, Step, TotalSteps, _lossSum / _batch, rate, _samples / seconds, left, finished));
    }

    private void Save()
    {
        if (_options.CheckpointPath is not { } path)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var position = new RunPosition(
            _epoch, _batch, _lossSum, _options.Optimizer.ToString(), _batches.BatchesPerEpoch, _stoppedEarly, _history);
        var tensors = State();
        tensors.Add("generator", random.get_rng_state());
        Checkpoint.Save(path, tensors, position);
        _hasCheckpoint = true;
    }

    private void Resume(string path)
    {
        using var scope = NewDisposeScope();
        var position = Checkpoint.Load(path, out var tensors);
        string optimizer = _options.Optimizer.ToString();
        if (position.Optimizer != optimizer)
        {
            throw Checkpoint.Bad(path, $"it was made with {position.Optimizer}, and this run has {optimizer}");
        }

        if (position.BatchesPerEpoch != _batches.BatchesPerEpoch)
        {
            throw Checkpoint.Bad(path, $"its epochs have {position.BatchesPerEpoch} batches, and these {_batches.BatchesPerEpoch}");
        }

        var own = State();
        string? odd = own.Keys.Append("generator").Except(tensors.Keys).Concat(tensors.Keys.Except(own.Keys.Append("generator")))
            .Concat(own.Where(pair => tensors.ContainsKey(pair.Key)
                && (!pair.Value.shape.SequenceEqual(tensors[pair.Key].shape) || pair.Value.dtype != tensors[pair.Key].dtype))
                .Select(pair => pair.Key))
            .FirstOrDefault();
        if (odd is not null)
        {
            throw Checkpoint.Bad(path, $"it is of another model: '{odd}' is not in both with the same shape and type");
        }

        using (no_grad())
        {
            foreach (var (name, tensor) in own)
            {
                tensor.copy_(tensors[name]);
            }
        }

        random.set_rng_state(tensors["generator"]);
        _history.AddRange(position.History);
        (_epoch, _batch, _lossSum, _stoppedEarly) = (position.Epoch, position.Batch, position.LossSum, position.StoppedEarly);
        _hasCheckpoint = true;
    }

    /// <summary>Every tensor that the rest of the run depends on.</summary>
    private Dictionary<string, Tensor> State()
    {
        var state = Weights.StateOf(_body).ToDictionary(pair => $"body.{pair.Key}", pair => pair.Value, StringComparer.Ordinal);
        foreach (var (name, tensor) in _head is null ? [] : Weights.StateOf(_head))
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
