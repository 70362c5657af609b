namespace ArcFace.Losses;

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
