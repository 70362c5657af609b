using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Entropy: how uncertain a distribution is, in nats.</summary>
public static class Entropy
{
    /// <summary>H(p) = −Σ_j p_j ln p_j along the last dimension, with 0·ln 0 = 0.</summary>
    /// <remarks>0 where one class is certain, ln C where all C are equally likely.</remarks>
    /// <param name="p">Distributions [..., C].</param>
    /// <returns>A tensor [...]: a scalar for one distribution, [N] for N of them.</returns>
    /// <exception cref="ArgumentException">The type or shape does not fit, or (on the CPU) a row is no distribution.</exception>
    public static Tensor Of(Tensor p) => CrossEntropy.Between(p, p);
}

/// <summary>Kullback–Leibler divergence: the nats that describing p by q costs beyond what p costs anyway.</summary>
public static class KullbackLeibler
{
    /// <summary>KL(p ‖ q) = Σ_j p_j ln(p_j/q_j) = H(p, q) − H(p), along the last dimension, with 0·ln 0 = 0.</summary>
    /// <remarks>0 where the two are equal, above 0 elsewhere, infinite where q rules out what p allows. It is not symmetric: KL(p ‖ q) and
    /// KL(q ‖ p) differ.</remarks>
    /// <param name="p">The distribution that is true, [..., C].</param>
    /// <param name="q">The predicted distribution, of the same shape.</param>
    /// <returns>A tensor [...]: a scalar for one pair of distributions, [N] for N of them.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or (on the CPU) a row is no distribution.</exception>
    public static Tensor Divergence(Tensor p, Tensor q)
    {
        Distributions.Require(p);
        Distributions.RequireAlike(p, q);
        using DisposeScope scope = NewDisposeScope();
        Tensor own = p.clone();
        return (torch.xlogy(own, own) - torch.xlogy(own, q.clone())).sum(-1).MoveToOuterDisposeScope();
    }
}

/// <summary>What <see cref="CrossEntropy"/> is beyond a loss.</summary>
public static class CrossEntropyOfDistributions
{
    extension(CrossEntropy)
    {
        /// <summary>H(p, q) = −Σ_j p_j ln q_j, in nats, along the last dimension.</summary>
        /// <remarks>A class with p = 0 costs nothing, whatever q says; one with q = 0 and p &gt; 0 costs infinitely much.</remarks>
        /// <param name="p">The distribution that is true, [..., C].</param>
        /// <param name="q">The predicted distribution, of the same shape.</param>
        /// <returns>A tensor [...]: a scalar for one distribution, [N] for N of them.</returns>
        /// <exception cref="ArgumentException">Shapes or types do not fit, or (on the CPU) a row is no distribution.</exception>
        public static Tensor Between(Tensor p, Tensor q)
        {
            Distributions.Require(p);
            Distributions.RequireAlike(p, q);
            using DisposeScope scope = NewDisposeScope();
            return (-torch.xlogy(p.clone(), q.clone()).sum(-1)).MoveToOuterDisposeScope();
        }
    }
}
