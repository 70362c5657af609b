using ArcFace.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Labels made wrong on purpose, to see what a training does with them.</summary>
public static class LabelNoise
{
    /// <summary>Gives images, each with the same probability, a label drawn evenly from the other classes.</summary>
    /// <param name="images">The images with their right labels, which stay as they are.</param>
    /// <param name="share">The probability of a wrong label, from 0 to 1.</param>
    /// <param name="seed">Of the draw.</param>
    /// <returns>The same images with some labels changed, and for each whether its label was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not from 0 to 1, or there is no other class to draw from.</exception>
    public static (LabeledImages Images, bool[] Flipped) Flip(LabeledImages images, double share, int seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        Guard.RequireRate(share);
        Guard.RequireSeveralClasses(images.ClassCount, nameof(images));
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        Device device = images.Labels.device;
        using Scalar below = share, classes = images.ClassCount;
        Tensor flip = rand(images.Count).to(device).lt(below);
        Tensor other = images.Labels.Plus(randint(1, images.ClassCount, images.Count).to(device)).remainder(classes);
        bool[] flipped = [.. flip.cpu().data<bool>()];
        return (new LabeledImages(images.Images.clone(), where(flip, other, images.Labels), images.ClassNames), flipped);
    }
}
