using ArcFace.Losses;

namespace ArcFace.Notebooks.Lessons;

/// <summary>A rung of the loss ladder: the switches that lead from logistic regression to ArcFace, one at a time.</summary>
/// <remarks>Build a rung from the one below it: <c>LossRung.Normalized with { Scale = 30 }</c>.</remarks>
public sealed record LossRung
{
    /// <summary>One logit for two classes: softmax over (0, z). The weight then has a single row, that of class 1.</summary>
    public bool OneLogit { get; init; }

    /// <summary>Adds the bias b_j to the logit of class j.</summary>
    public bool Bias { get; init; }

    /// <summary>Divides embeddings and class weights by their norms, so that a logit is the cosine of an angle.</summary>
    public bool Normalize { get; init; }

    /// <summary>s, which multiplies the cosines. 1 leaves them as they are.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The penalty on the target angle.</summary>
    public AngularMargin Margin { get; init; } = AngularMargin.None;

    /// <summary>Logistic regression: one logit w·x + b. Softmax of two classes whose first has the logit 0.</summary>
    public static LossRung Logistic => new() { OneLogit = true, Bias = true };

    /// <summary>Softmax regression, L1: a logit W_j·x + b_j for each class. Logistic regression if W_0 and b_0 are 0.</summary>
    public static LossRung Softmax => new() { Bias = true };

    /// <summary>Softmax without bias. The rung below, if b is 0.</summary>
    public static LossRung NoBias => new();

    /// <summary>Cosines for logits. The rung below, if all norms are 1.</summary>
    public static LossRung Normalized => new() { Normalize = true };

    /// <summary>Normalised softmax, L2: cosines times s. The rung below, if s is 1.</summary>
    /// <param name="scale">s: positive.</param>
    public static LossRung Scaled(double scale = 64) => Normalized with { Scale = scale };

    /// <summary>ArcFace, L3: the target angle increased by m. The rung below, if m is 0.</summary>
    /// <param name="scale">s: positive.</param>
    /// <param name="margin">m in radians.</param>
    public static LossRung ArcFace(double scale = 64, double margin = 0.5) => Scaled(scale) with { Margin = AngularMargin.ArcFace(margin) };

    /// <summary>Requires that the switches make sense together.</summary>
    internal void Validate(string name)
    {
        ArgumentException.ThrowIf(
            Normalize && (Bias || OneLogit), "a cosine has no bias and needs a weight for each class; set Bias and OneLogit to false.", name);
        ArgumentException.ThrowIf(
            !Normalize && (Scale != 1 || Margin != AngularMargin.None), "a scale or a margin needs angles; set Normalize to true.", name);
    }
}
