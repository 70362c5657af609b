using ArcFace.Data;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>What the notebooks ask of a trained network.</summary>
public static class Networks
{
    /// <summary>What the network makes of all images at once, [N, D] on the CPU, without gradients, in the mode that it is in.</summary>
    public static Tensor Embed(this nn.Module<Tensor, Tensor> network, LabeledImages images)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        Device device = network.parameters().First().device;
        return network.call(images.Images.to(device)).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Share of the images, from 0 to 1, whose largest output is that of their class.</summary>
    public static double Accuracy(this nn.Module<Tensor, Tensor> network, LabeledImages images)
    {
        using var scope = NewDisposeScope();
        return Accuracy(network.Embed(images), images.Labels);
    }

    /// <summary>Share of the samples, from 0 to 1, whose largest score is that of their class.</summary>
    /// <param name="scores">One row a sample, [N, C].</param>
    /// <param name="labels">The classes, [N].</param>
    public static double Accuracy(Tensor scores, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return scores.argmax(1).cpu().eq(labels.cpu()).to(ScalarType.Float64).mean().item<double>();
    }

    /// <summary>
    /// Shows batches to a network without training it: its normalisation layers take their averages from them. It ends in evaluation mode.
    /// </summary>
    public static void Observe(this nn.Module<Tensor, Tensor> network, IEnumerable<Batch> batches)
    {
        Device device = network.parameters().First().device;
        network.train();
        foreach (Batch batch in batches)
        {
            using var scope = NewDisposeScope();
            using var withoutGradient = no_grad();
            network.call(batch.Samples.to(device));
        }

        network.eval();
    }

    /// <summary>Equal error rate of all pairs of images, compared by the cosine of their embeddings, from 0 to 1.</summary>
    public static double EqualErrorRate(this nn.Module<Tensor, Tensor> network, LabeledImages images)
    {
        using var scope = NewDisposeScope();
        return Verification.EvaluateAllPairs(network.Embed(images), images.Labels.cpu()).EqualErrorRate;
    }
}
