using ArcFace.Models;
using TorchSharp.Modules;
using static ArcFace.Faces.Onnx.OnnxGraph;

namespace ArcFace.Faces.Onnx;

/// <summary>Adds modules to a graph as they compute in evaluation, in float32.</summary>
internal sealed class OnnxLayers(OnnxGraph graph)
{
    private static readonly string[] WeightAndBias = ["weight", "bias"];

    /// <summary>What the first layer of <paramref name="module"/> takes, without the batch; null where it does not say.</summary>
    public static long[]? InputShapeOf(nn.Module module) => module switch
    {
        IResNet network => [3, network.InputSize, network.InputSize],
        MobileFaceNet => [3, MobileFaceNet.Side, MobileFaceNet.Side],
        ConvolutionalEmbedder network => [network.Channels, network.InputSize, network.InputSize],
        Perceptron network => [network.FeatureCount],
        SoftmaxRegression model => [model.Weight.shape[1]],
        Linear layer => [layer.in_features],
        OnnxEmbedder file => [file.Channels, file.ImageSize, file.ImageSize],
        Sequential chain => chain.children().TakeWhile(layer => layer is not Convolution).Select(InputShapeOf).FirstOrDefault(shape => shape is not null),
        _ => null,
    };

    /// <summary>The pixels that the first layer takes.</summary>
    public static PixelRange InputRangeOf(nn.Module module) => module switch
    {
        IResNet or MobileFaceNet => PixelRange.AroundZero,
        OnnxEmbedder file => file.InputRange,
        Sequential chain when chain.children().FirstOrDefault() is { } first => InputRangeOf(first),
        _ => PixelRange.Unit,
    };

    /// <exception cref="NotSupportedException">The module, or one within it, has no translation; the message names it.</exception>
    public OnnxValue Add(nn.Module module, string path, OnnxValue x)
    {
        var state = Weights.StateOf(module);
        switch (module)
        {
            case IResNet:
                return Chain(Flattened(Chain(x, "conv1", "bn1", "prelu", "layer1", "layer2", "layer3", "layer4", "bn2")), "dropout", "fc", "features");
            case IResNetBlock:
                OnnxValue residual = Chain(x, "bn1", "conv1", "bn2", "prelu", "conv2", "bn3");
                return Sum(residual, state.ContainsKey("downsample.0.weight") ? Chain(x, "downsample") : x);
            case MobileFaceNet:
                return Chain(x, "layers", "conv_sep", "features");
            case MobileFaceNetBlock block:
                return block.AddsInput ? Sum(Chain(x, "layers"), x) : Chain(x, "layers");
            case ConvolutionalEmbedder:
                return Chain(Flattened(Chain(x, "layers")), "fc", "features");
            case Perceptron:
                return Chain(Flattened(x), "layers");
            case Sequential:
                return Chain(x, [.. module.named_children().Select(child => child.name)]);
            case SoftmaxRegression or Linear or FullyConnected:
                return Product(module is SoftmaxRegression ? Flattened(x) : x);
            case PixelNormalization:
                OnnxValue doubled = graph.Node("Mul", path, x, x.Shape, [graph.Number(Name("two"), 2)]);
                return graph.Node("Sub", path, doubled, x.Shape, [graph.Number(Name("one"), 1)]);
            case ConvolutionLayer layer:
                return Convolved(layer.Stride, layer.Padding, [1, 1], layer.Groups);
            case Conv2d { padding: { } padding, padding_mode: PaddingModes.Zeros } layer:
                return Convolved(layer.stride, padding, layer.dilation, layer.groups);
            case BatchNorm { track_running_stats: true } layer when x.Shape.Length > 0 && x.Shape[0] == layer.num_features:
                return Normalized(layer);
            case ParametricRelu or PReLU:
                long slopes = state["weight"].numel();
                Require(slopes == 1 || slopes == x.Shape[0], $"{slopes} slopes");
                return graph.Node("PRelu", path, x, x.Shape, [graph.Constant(Name("weight"), state["weight"], [slopes, .. x.Shape.Skip(1).Select(_ => 1L)])]);
            case ReLU or Sigmoid or Tanh:
                return graph.Node(module is ReLU ? "Relu" : module.GetType().Name, path, x, x.Shape);
            case Flatten { start_dim: 1, end_dim: -1 }:
                return Flattened(x);
            case Dropout or Dropout1d or Dropout2d or Identity:
                return x;
            default:
                throw new NotSupportedException(
                    $"the module '{path}' of type {module.GetType()} cannot be exported to ONNX as it is set; put a layer that can in its place");
        }

        string Name(string part) => path.Length == 0 ? part : $"{path}.{part}";

        OnnxValue Chain(OnnxValue input, params string[] names) =>
            names.Aggregate(input, (value, name) => Add(module.named_children().Single(child => child.name == name).module, Name(name), value));

        OnnxValue Sum(OnnxValue left, OnnxValue right) => graph.Node("Add", path, left, left.Shape, [right.Name]);

        OnnxValue Flattened(OnnxValue input) => input.Shape.Length == 1
            ? input
            : graph.Node("Flatten", path, input, [input.Shape.Aggregate(1L, (product, size) => product * size)], null, Attribute("axis", 1L));

        // The bias is there or not.
        string[] Numbers() => [.. WeightAndBias.Where(state.ContainsKey).Select(part => graph.Constant(Name(part), state[part]))];

        // x·Wᵀ + b.
        OnnxValue Product(OnnxValue input)
        {
            (long outputs, long inputs) = (state["weight"].shape[0], state["weight"].shape[1]);
            Require(input.Shape.SequenceEqual([inputs]), $"[N, {inputs}]");
            return graph.Node("Gemm", path, input, [outputs], Numbers(), Attribute("transB", 1L));
        }

        OnnxValue Convolved(long[] stride, long[] padding, long[] dilation, long groups)
        {
            long[] weight = state["weight"].shape;
            Require(x.Shape is [var channels, _, _] && channels == weight[1] * groups, $"[N, {weight[1] * groups}, H, W]");
            long Side(int at) => ((x.Shape[at + 1] + (2 * padding[at]) - (dilation[at] * (weight[at + 2] - 1)) - 1) / stride[at]) + 1;
            return graph.Node(
                "Conv", path, x, [weight[0], Side(0), Side(1)], Numbers(),
                Attribute("kernel_shape", weight[2], weight[3]), Attribute("strides", stride), Attribute("pads", [.. padding, .. padding]),
                Attribute("dilations", dilation), Attribute("group", groups));
        }

        OnnxValue Normalized(BatchNorm layer)
        {
            using var scope = NewDisposeScope();
            Tensor ones = torch.ones(layer.num_features), zeros = torch.zeros(layer.num_features);
            string[] numbers =
            [
                graph.Constant(Name("weight"), state.GetValueOrDefault("weight", ones)), graph.Constant(Name("bias"), state.GetValueOrDefault("bias", zeros)),
                graph.Constant(Name("running_mean"), state["running_mean"]), graph.Constant(Name("running_var"), state["running_var"]),
            ];
            return graph.Node("BatchNormalization", path, x, x.Shape, numbers, Attribute("epsilon", layer.eps));
        }

        void Require(bool fits, string wanted) => ArgumentException.ThrowIf(!fits,
            $"the module '{path}' of type {module.GetType().Name} takes {wanted}, and gets [N, {string.Join(", ", x.Shape)}]: give the InputShape of the body");
    }
}
