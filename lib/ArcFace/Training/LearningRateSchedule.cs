using System.Globalization;

namespace ArcFace.Training;

/// <summary>The factor on the learning rate at each step of a run: a warm-up, then a decay.</summary>
/// <remarks>With t the share of the run after the warm-up that is done, from 0 to 1, the factor is d(t). During the w steps of the warm-up
/// it rises as (step + 1)/w · d(0). A pure function of the step: there is no state to save.</remarks>
public sealed record LearningRateSchedule
{
    private readonly Func<double, double> _decay;

    private LearningRateSchedule(string name, Func<double, double> decay) => (Name, _decay) = (name, decay);

    /// <summary>What decays how, for messages.</summary>
    public string Name { get; }

    /// <summary>The share of the run that warms up: at least 0, below 1.</summary>
    public double WarmUp { get; private init; }

    /// <summary>Whether the factor is 1 at every step, however long the run is.</summary>
    internal bool IsConstant => Name == Constant.Name && WarmUp == 0;

    /// <summary>d(t) = 1.</summary>
    public static LearningRateSchedule Constant { get; } = new("constant", _ => 1);

    /// <summary>d(t) = 1 − t.</summary>
    public static LearningRateSchedule Linear { get; } = new("linear", t => 1 - t);

    /// <summary>d(t) = (1 + cos πt)/2. Source: Loshchilov and Hutter, arXiv 1608.03983, equation 5.</summary>
    public static LearningRateSchedule Cosine { get; } = new("cosine", t => (1 + Math.Cos(Math.PI * t)) / 2);

    /// <summary>d(t) = (1 − t)^<paramref name="power"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="power"/> is not above 0.</exception>
    public static LearningRateSchedule Polynomial(double power = 2)
    {
        ArgumentOutOfRangeException.ThrowIf(
            !(power > 0 && double.IsFinite(power)), $"the power is {power}; it must be above 0", nameof(power));
        return new LearningRateSchedule(string.Create(CultureInfo.InvariantCulture, $"polynomial of power {power}"), t => Math.Pow(1 - t, power));
    }

    /// <summary>d(t) = <paramref name="factor"/>^k, with k the number of <paramref name="at"/> that t has reached.</summary>
    /// <param name="factor">What each drop multiplies by: above 0, at most 1.</param>
    /// <param name="at">Shares of the run, each between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LearningRateSchedule Steps(double factor = 0.1, params double[] at)
    {
        ArgumentNullException.ThrowIfNull(at);
        ArgumentOutOfRangeException.ThrowIf(
            !(factor > 0 && factor <= 1), $"the factor is {factor}; it must be above 0 and at most 1", nameof(factor));
        ArgumentOutOfRangeException.ThrowIf(
            at.Any(share => !(share > 0 && share < 1)), "a drop is outside the run; give shares of it, between 0 and 1", nameof(at));
        double[] drops = [.. at];
        string places = string.Join(", ", drops.Select(share => share.ToString(CultureInfo.InvariantCulture)));
        return new LearningRateSchedule(
            string.Create(CultureInfo.InvariantCulture, $"times {factor} at {places}"), t => Math.Pow(factor, drops.Count(share => t >= share)));
    }

    /// <summary>The same decay after a warm-up over <paramref name="share"/> of the run.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not at least 0 and below 1.</exception>
    public LearningRateSchedule WithWarmUp(double share)
    {
        ArgumentOutOfRangeException.ThrowIf(
            !(share >= 0 && share < 1), $"a warm-up over {share} of the run; it must be at least 0 and below 1", nameof(share));
        return this with { WarmUp = share };
    }

    /// <summary>The factor at <paramref name="step"/>, 0 for the first, of a run of <paramref name="totalSteps"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not one of the run.</exception>
    public double Factor(long step, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, totalSteps);
        long warmUp = (long)Math.Round(WarmUp * totalSteps);
        return step < warmUp ? (step + 1.0) / warmUp * _decay(0) : _decay((double)(step - warmUp) / (totalSteps - warmUp));
    }
}
