namespace ArcFace.Losses;

/// <summary>How far every sample of a batch lies from every other.</summary>
public static class PairwiseDistances
{
    /// <summary>‖x_i − x_j‖², from the differences themselves: 0 on the diagonal, exact for near duplicates.</summary>
    /// <param name="embeddings">x [N, D], floating point. Half precision is computed in single.</param>
    /// <returns>Squared distances [N, N], differentiable once: torch throws where their gradient is to be differentiated.</returns>
    /// <exception cref="ArgumentException">The shape or type does not fit, or (on the CPU) a value or a squared distance is not finite.</exception>
    public static Tensor SquaredEuclidean(Tensor embeddings)
    {
        Guard.RequireMatrix(embeddings);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = embeddings.to(Guard.ComputeType(embeddings, embeddings), copy: true);
        Tensor distances = cdist(x, x, 2, compute_mode.donot_use_mm_for_euclid_dist).Squared();
        return Guard.RequireInRange(distances, nameof(embeddings)).MoveToOuterDisposeScope();
    }

    /// <summary>The angle between x_i and x_j.</summary>
    /// <param name="embeddings">x [N, D], floating point. Half precision is computed in single.</param>
    /// <returns>Angles [N, N] in radians, 0..π, differentiable once.</returns>
    /// <exception cref="ArgumentException">The shape or type does not fit, or (on the CPU) a value is not finite.</exception>
    public static Tensor Angles(Tensor embeddings) => NormalizedLogits.Angles(embeddings, embeddings);
}
