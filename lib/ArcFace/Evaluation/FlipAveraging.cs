namespace ArcFace.Evaluation;

/// <summary>The embedding of a picture together with its mirror image: a face looks much the same in both.</summary>
public static class FlipAveraging
{
    /// <summary>(f(x) + f(mirror x)) / ‖f(x) + f(mirror x)‖ of a batch of pictures, without recording gradients.</summary>
    /// <param name="embed">The model, from pictures [N, C, H, W] to embeddings [N, D]; put it into evaluation mode first.</param>
    /// <param name="images">Pictures, [N, C, H, W]; mirrored left to right, that is along the last dimension.</param>
    /// <returns>Embeddings of length one, [N, D], in the model's type.</returns>
    /// <exception cref="ArgumentException">The pictures are not [N, C, H, W], or the model's answer is not [N, D].</exception>
    public static Tensor Embed(Func<Tensor, Tensor> embed, Tensor images)
    {
        ArgumentNullException.ThrowIfNull(embed);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIf(images.dim() != 4 || images.shape.Contains(0),
            $"images has shape {Guard.Shape(images)}: it must be [N, C, H, W], none of them 0.", nameof(images));
        using var gradients = no_grad();
        return WrappedTensorDisposeScope(() => Combine(embed(images), embed(images.flip(3))));
    }

    /// <summary>(a + b) / ‖a + b‖, row by row.</summary>
    /// <param name="embeddings">Embeddings of the pictures, [N, D], not normalised.</param>
    /// <param name="mirrored">Embeddings of the mirrored pictures, [N, D], not normalised.</param>
    /// <returns>Embeddings of length one, [N, D], in the type of <paramref name="embeddings"/>.</returns>
    /// <exception cref="ArgumentException">Shapes differ, an embedding is not finite, or a sum has length zero.</exception>
    public static Tensor Combine(Tensor embeddings, Tensor mirrored)
    {
        Guard.RequireRows(embeddings);
        Guard.RequireRows(mirrored);
        ArgumentException.ThrowIf(!embeddings.shape.SequenceEqual(mirrored.shape),
            $"mirrored has shape {Guard.Shape(mirrored)}, embeddings {Guard.Shape(embeddings)}: they must be alike.", nameof(mirrored));
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        return Directions.Of(embeddings.Plus(mirrored.to(embeddings.device)))
            .to(embeddings.dtype).to(embeddings.device).MoveToOuterDisposeScope();
    }
}
