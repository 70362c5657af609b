using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

/// <summary>Networks as after some training: the running statistics fit the activations, and no number has its initial value.</summary>
internal static class SettledNetworks
{
    /// <summary>Runs a batch of the shape in training mode, takes its statistics over, and disturbs them, slopes and offsets.</summary>
    public static T Settled<T>(this T body, params long[] shape)
        where T : nn.Module<Tensor, Tensor>
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator(11);
        body.train();
        body.call(randn([shape[^1] > 64 ? 4 : 16, .. shape], generator: generator));
        foreach (var (name, buffer) in body.named_buffers().Where(pair => pair.buffer.is_floating_point()))
        {
            // A tenth of the batch's statistics went into mean 0 and variance 1.
            Tensor batch = name.EndsWith("var", StringComparison.Ordinal) ? (buffer - 0.9) * 10 : buffer * 10;
            buffer.copy_(batch * Around(buffer.shape, generator) + (name.EndsWith("var", StringComparison.Ordinal) ? 0.01 : 0));
        }

        foreach (var parameter in body.parameters().Where(parameter => parameter.dim() == 1))
        {
            parameter.mul_(Around(parameter.shape, generator)).add_(randn(parameter.shape, generator: generator) * 0.05);
        }

        body.eval();
        return body;
    }

    private static Tensor Around(long[] shape, Generator generator) => 0.9 + (0.2 * rand(shape, generator: generator));
}
