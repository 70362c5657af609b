namespace ArcFace.Losses;

/// <summary>Logits of directions alone: W·x = ‖W‖‖x‖cos θ with both norms taken out, and a scale s put in their place.</summary>
/// <remarks>ArcFace (arXiv 1801.07698), equation 2. A zero row has no direction: it counts as perpendicular to all others, with a zero
/// gradient. Half precision is computed in single.</remarks>
public static class NormalizedLogits
{
    /// <summary>cos θ_ij between embedding x_i and class weight W_j. A rounding may carry one past ±1.</summary>
    /// <param name="embeddings">x [N, D], floating point.</param>
    /// <param name="weight">W [C, D], floating point.</param>
    /// <returns>Cosines [N, C], differentiable.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, or (on the CPU) a value is not finite.</exception>
    public static Tensor Cosines(Tensor embeddings, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w) = Directions(embeddings, weight);
        return x.matmul(w.t()).MoveToOuterDisposeScope();
    }

    /// <summary>s·cos θ_ij: what softmax is taken of.</summary>
    /// <inheritdoc cref="Cosines"/>
    /// <param name="embeddings">x [N, D], floating point.</param>
    /// <param name="weight">W [C, D], floating point.</param>
    /// <param name="scale">s, the radius of the hypersphere: positive.</param>
    /// <returns>Logits [N, C], differentiable.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not positive and finite.</exception>
    public static Tensor Scaled(Tensor embeddings, Tensor weight, double scale)
    {
        Guard.RequireScale(scale);
        return WrappedTensorDisposeScope(() => Cosines(embeddings, weight).Times(scale));
    }

    /// <summary>The angles θ_ij themselves, as 2·atan2(‖x̂ − ŵ‖, ‖x̂ + ŵ‖): to the last digits also near 0 and π.</summary>
    /// <remarks>The arccosine of a cosine loses half of the digits there, and its slope is infinite. Here the gradient is bounded, and 0 at
    /// exactly 0 and π.</remarks>
    /// <inheritdoc cref="Cosines"/>
    /// <returns>Angles [N, C] in radians, 0..π, differentiable once: torch throws where their gradient is to be differentiated.</returns>
    public static Tensor Angles(Tensor embeddings, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w) = Directions(embeddings, weight);
        return UnitVectors.Angles(x, w).MoveToOuterDisposeScope();
    }

    /// <summary>The norms ‖x_i‖ of the rows.</summary>
    /// <param name="vectors">x [N, D] or W [C, D], floating point.</param>
    /// <returns>Norms [N] or [C], differentiable.</returns>
    /// <exception cref="ArgumentException">The shape or type does not fit, or (on the CPU) a value is not finite.</exception>
    public static Tensor Norms(Tensor vectors)
    {
        Guard.RequireMatrix(vectors);
        return WrappedTensorDisposeScope(() => UnitVectors.Lengths(vectors.to(Guard.ComputeType(vectors, vectors))));
    }

    private static (Tensor X, Tensor W) Directions(Tensor embeddings, Tensor weight)
    {
        Guard.RequireMatrix(embeddings);
        Guard.RequireMatrix(weight, "[C, D]");
        Guard.RequireSameWidth(embeddings, weight);
        ScalarType type = Guard.ComputeType(embeddings, weight);
        return (UnitVectors.Of(embeddings, type), UnitVectors.Of(weight, type));
    }
}
