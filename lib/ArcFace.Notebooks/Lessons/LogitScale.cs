using ArcFace.Losses;

namespace ArcFace.Notebooks.Lessons;

/// <summary>What the scale s of normalised logits can and cannot do: floors, bounds and starting points.</summary>
public static class LogitScale
{
    /// <summary>The lowest loss that equidistant class weights allow: ln(1 + (C−1)·e^{−s(ψ(0) + 1/(C−1))}), where ψ(0) = cos m2 − m3 for m2
    /// in 0..π. Of normalised softmax, without margin, it is ln(1 + (C−1)·e^{−sC/(C−1)}).</summary>
    /// <remarks>Attained with every sample on its class weight, and class weights at cosine −1/(C−1) to each other, which takes D ≥ C−1.</remarks>
    /// <param name="scale">s: positive.</param>
    /// <param name="classCount">C: at least 2.</param>
    /// <param name="margin">The penalty on the target angle; none if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive and finite, or there are fewer than two classes.</exception>
    public static double LossFloor(double scale, long classCount, AngularMargin? margin = null)
    {
        Guard.RequireScale(scale);
        Guard.RequireSeveralClasses(classCount);
        double others = classCount - 1;
        return Logistic.Softplus(Math.Log(others) - (scale * ((margin ?? AngularMargin.None).TargetCosine(0) + (1 / others))));
    }

    /// <summary>CosFace's lower bound on s for the target probability P: (C−1)/C · ln((C−1)P/(1−P)).</summary>
    /// <remarks>With a smaller s, no embeddings give all classes at once the probability P; a single one can have more. CosFace (arXiv 1801.09414).</remarks>
    /// <param name="classCount">C: at least 2.</param>
    /// <param name="probability">P, strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes, or P is not strictly between 0 and 1.</exception>
    public static double CosFaceBound(long classCount, double probability)
    {
        Guard.RequireSeveralClasses(classCount);
        ArgumentOutOfRangeException.ThrowIf(!(probability > 0 && probability < 1),
            $"the probability {probability} must lie strictly between 0 and 1: no finite scale gives 1.", nameof(probability), probability);
        double others = classCount - 1;
        return others / classCount * (Math.Log(others) + Math.Log(probability) - Math.Log(1 - probability));
    }

    /// <summary>AdaCos's fixed scale: √2·ln(C−1). AdaCos (arXiv 1905.00292). It is 0 for two classes.</summary>
    /// <param name="classCount">C: at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    public static double AdaCos(long classCount)
    {
        Guard.RequireSeveralClasses(classCount);
        return Math.Sqrt(2) * Math.Log(classCount - 1);
    }

    /// <summary>The loss to expect of random directions in many dimensions: about −s·ψ(π/2) + ln(C−1) + s²/(2D).</summary>
    /// <remarks>Random angles lie near 90°, where ArcFace's target logit is −s·sin m. The cosines vary by 1/√D around 0, which lifts the
    /// mean of e^{s·cos θ} to e^{s²/(2D)}.</remarks>
    /// <param name="scale">s: positive.</param>
    /// <param name="margin">The penalty on the target angle.</param>
    /// <param name="classCount">C: at least 2.</param>
    /// <param name="embeddingSize">D: at least 1; the approximation holds for D ≫ 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its limits.</exception>
    public static double ExpectedStartLoss(double scale, AngularMargin margin, long classCount, long embeddingSize)
    {
        Guard.RequireScale(scale);
        Guard.RequireSeveralClasses(classCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        return (-scale * margin.TargetCosine(Math.PI / 2)) + Math.Log(classCount - 1) + (scale * scale / (2.0 * embeddingSize));
    }
}
