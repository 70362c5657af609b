namespace ArcFace.Losses;

/// <summary>Entropy: how uncertain a distribution is, in nats.</summary>
public static class Entropy
{
    /// <summary>H(p) = −Σ_j p_j ln p_j along the last dimension, with 0·ln 0 = 0.</summary>
    /// <remarks>0 where one class is certain, ln C where all C are equally likely.</remarks>
    /// <param name="p">Distributions [..., C].</param>
    /// <returns>A tensor [...]: a scalar for one distribution, [N] for N of them.</returns>
    /// <exception cref="ArgumentException">The type or shape does not fit, or (on the CPU) a row is no distribution.</exception>
    public static Tensor Of(Tensor p)
    {
        Distributions.Require(p);
        using DisposeScope scope = NewDisposeScope();
        Tensor own = p.clone();
        return (-torch.xlogy(own, own).sum(-1)).MoveToOuterDisposeScope();
    }
}
