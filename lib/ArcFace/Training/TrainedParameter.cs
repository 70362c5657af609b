using ArcFace.Models;

namespace ArcFace.Training;

/// <summary>A parameter with the rates that apply to it.</summary>
internal sealed record TrainedParameter(string Name, Parameter Parameter, double LearningRate, double WeightDecay)
{
    /// <summary>The parameters of body and head that want a gradient, each under a name that is unique in both.</summary>
    public static List<TrainedParameter> Of(nn.Module body, nn.Module? head, OptimizerOptions options) =>
    [
        .. Group("body", body, options.LearningRate, options.WeightDecay),
        .. head is null
            ? []
            : Group("head", head, options.HeadLearningRate ?? options.LearningRate, options.HeadWeightDecay ?? options.WeightDecay),
    ];

    private static IEnumerable<TrainedParameter> Group(string prefix, nn.Module module, double learningRate, double weightDecay)
    {
        var exempt = module.modules().Append(module)
            .Where(layer => layer is INormalization or NormBase or LayerNorm or GroupNorm or ParametricRelu or PReLU)
            .SelectMany(layer => layer.parameters(recurse: false))
            .Select(parameter => parameter.Handle)
            .ToHashSet();
        foreach (var (name, parameter) in module.named_parameters().Where(pair => pair.parameter.requires_grad))
        {
            bool decays = !exempt.Contains(parameter.Handle) && name.Split('.')[^1] != "bias";
            yield return new TrainedParameter($"{prefix}.{name}", parameter, learningRate, decays ? weightDecay : 0);
        }
    }
}
