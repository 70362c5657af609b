using System.Diagnostics;
using ArcFace.Data;
using ArcFace.Interchange;

namespace ArcFace.Training;

/// <summary>One run of a <see cref="Trainer"/>: everything that changes while it goes on.</summary>
internal sealed partial class TrainingRun(
    nn.Module<Tensor, Tensor> body,
    nn.Module? head,
    Func<Tensor, Tensor, Tensor> loss,
    TrainerOptions options,
    Device device,
    IBatchSource batches,
    IProgress<TrainingProgress>? progress) : IDisposable
{
    private readonly WeightUpdate _update = options.Optimizer.Create(TrainedParameter.Of(body, head, options.Optimizer));
    private readonly SortedDictionary<string, string> _settings = RunSettings.Of(body, head, loss, options, batches);
    private readonly List<(Tensor Loss, Tensor? Sum, Tensor? Length)> _unread = [];
    private readonly HashSet<string> _exempt = new(StringComparer.Ordinal);
    private readonly Stopwatch _watch = new();
    private readonly List<EpochRecord> _history = [];
    private int _epoch, _batch;
    private long _samples, _stepsHere, _savedStep = -1;
    private double _lossSum;
    private bool _stoppedEarly;

    private long Step => ((long)_epoch * batches.BatchesPerEpoch) + _batch;

    private long TotalSteps => (long)options.Epochs * batches.BatchesPerEpoch;

    private double LearningRateAt(long step) => options.Optimizer.LearningRate * options.Schedule.Factor(step, TotalSteps);

    public TrainingHistory ToTheEnd(Func<double>? validate, CancellationToken cancellation)
    {
        ZeroGradients();
        ExemptBuffers();
        if (options.CheckpointPath is { } checkpoint)
        {
            AtomicFile.RemoveAbandoned(checkpoint);
        }

        if (options.CheckpointPath is { } path && File.Exists(path))
        {
            Resume(path);
        }
        else if (NotFinite(State()).FirstOrDefault() is { } name)
        {
            throw new ArgumentException($"'{name}' is not finite before the first step; start from weights that are");
        }

        _watch.Start();
        while (_epoch < options.Epochs && !_stoppedEarly)
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
        Forget();
    }

    private void TrainEpoch(CancellationToken cancellation)
    {
        using var epoch = batches.Epoch(_epoch, _batch).GetEnumerator();
        while (_batch < batches.BatchesPerEpoch)
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
                        $"the batches of epoch {_epoch + 1} ended at {_batch}, and {batches.BatchesPerEpoch} were announced");
                }

                TakeStep(epoch.Current);
            }

            if (_unread.Count == options.ReportEvery)
            {
                ReadLosses();
                Report(finished: null);
            }

            if (options.CheckpointEvery is { } every && Step % every == 0 && _batch < batches.BatchesPerEpoch)
            {
                ReadLosses();
                Save();
            }
        }
    }

    private void TakeStep(Batch batch)
    {
        var embeddings = body.call(batch.Samples.to(device));
        var loss = Loss(embeddings, batch.Labels.to(device));
        loss.backward();
        using (no_grad())
        {
            var length = options.GradientClip is { } limit ? _update.Clip(limit) : null;
            var sum = _update.Step(Step + 1, options.Schedule.Factor(Step, TotalSteps));
            _unread.Add((Kept(loss.detach())!, Kept(sum), Kept(length)));
        }

        ZeroGradients();
        _samples += batch.Labels.shape[0];
        _batch++;
        _stepsHere++;

        static Tensor? Kept(Tensor? tensor) => tensor?.DetachFromDisposeScope();
    }

    private void ZeroGradients()
    {
        body.zero_grad();
        head?.zero_grad();
    }

    private Tensor Loss(Tensor embeddings, Tensor labels)
    {
        try
        {
            return loss(embeddings, labels);
        }
        catch (ArgumentException error) when (!embeddings.isfinite().all().item<bool>())
        {
            // A head may refuse what is not finite before it becomes a loss. An earlier loss may have shown it already.
            ReadLosses();
            throw Diverged("the loss is not finite", Step + 1, error);
        }
    }

    /// <summary>Reads the losses that gathered on the device, in order, and stops where a step went wrong.</summary>
    private void ReadLosses()
    {
        long first = Step - _unread.Count;
        double[] losses = Read(_unread.Select(step => step.Loss)), sums = Read(_unread.Select(step => step.Sum));
        double[] lengths = Read(_unread.Select(step => step.Length));
        Forget();
        for (int i = 0; i < losses.Length; i++)
        {
            if (!double.IsFinite(losses[i]))
            {
                throw Diverged("the loss is not finite", first + i + 1, null);
            }

            if (!double.IsFinite(lengths[i]))
            {
                throw Diverged("the gradients have no finite length, while the loss is finite,", first + i + 1, null);
            }

            // What is not finite stays so, and a sum alone may overflow.
            if (!double.IsFinite(sums[i]) && NotFinite(State()).FirstOrDefault() is { } name)
            {
                throw Diverged($"'{name}' is not finite, while the loss is,", first + i + 1, null);
            }

            _lossSum += losses[i];
        }
    }

    private static double[] Read(IEnumerable<Tensor?> numbers)
    {
        using var scope = NewDisposeScope();
        var all = numbers.ToList();
        List<Tensor> known = [.. all.OfType<Tensor>().Where(number => number.device_type != DeviceType.META)];
        if (known.Count == 0)
        {
            return new double[all.Count];
        }

        var read = new Queue<double>(stack(known).flatten().cpu().to(ScalarType.Float64).data<double>().ToArray());
        return [.. all.Select(number => number is null ? 0 : read.Dequeue())];
    }

    private void Forget()
    {
        foreach (var (loss, sum, length) in _unread)
        {
            loss.Dispose();
            sum?.Dispose();
            length?.Dispose();
        }

        _unread.Clear();
    }

    private TrainingDivergedException Diverged(string what, long step, Exception? cause) => new(
        what,
        step,
        LearningRateAt(step - 1),
        _savedStep < 0 ? "No checkpoint was kept." : $"The last good state, of step {_savedStep}, is in '{options.CheckpointPath}'.",
        cause);

    private void EndEpoch(Func<double>? validate)
    {
        ReadLosses();
        RequireFiniteState();
        double? score = validate is null ? null : Validate(validate);
        var record = new EpochRecord(_epoch + 1, _lossSum / batches.BatchesPerEpoch, LearningRateAt(Step - 1), score);
        _history.Add(record);
        _stoppedEarly = options.Patience is { } patience && _epoch + 1 < options.Epochs && EpochsWithoutProgress() >= patience;
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
        body.train(training);
        head?.train(training);
    }

    private void Report(EpochRecord? finished)
    {
        double seconds = Math.Max(_watch.Elapsed.TotalSeconds, 1e-9);
        long stepsLeft = _stoppedEarly ? 0 : TotalSteps - Step;
        var left = TimeSpan.FromSeconds(seconds / Math.Max(_stepsHere, 1) * stepsLeft);
        double rate = LearningRateAt(Step - 1);
        progress?.Report(new TrainingProgress(
            _epoch + 1, options.Epochs, Step, TotalSteps, _lossSum / _batch, rate, _samples / seconds, left, finished));
    }
}
