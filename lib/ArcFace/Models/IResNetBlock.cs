namespace ArcFace.Models;

/// <summary>x + bn3(conv2(prelu(bn2(conv1(bn1(x)))))): the improved residual block of ArcFace (arXiv 1801.07698, section 3.1).</summary>
/// <remarks>The second convolution carries the stride, and where the shape changes a 1×1 convolution brings x along.</remarks>
internal sealed class IResNetBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "conv1")] private readonly ConvolutionLayer _conv1;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "prelu")] private readonly ParametricRelu _prelu;
    [ComponentName(Name = "conv2")] private readonly ConvolutionLayer _conv2;
    [ComponentName(Name = "bn3")] private readonly BatchNormalization _bn3;
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;

    public IResNetBlock(long inputs, long outputs, long stride)
        : base(nameof(IResNetBlock))
    {
        _bn1 = new BatchNormalization(inputs);
        _conv1 = new ConvolutionLayer(inputs, outputs, 3, padding: 1, initialize: IResNet.InitializeConvolution);
        _bn2 = new BatchNormalization(outputs);
        _prelu = new ParametricRelu(outputs);
        _conv2 = new ConvolutionLayer(outputs, outputs, 3, stride, padding: 1, initialize: IResNet.InitializeConvolution);
        _bn3 = new BatchNormalization(outputs);
        if (stride != 1 || inputs != outputs)
        {
            _downsample = nn.Sequential(
                new ConvolutionLayer(inputs, outputs, 1, stride, initialize: IResNet.InitializeConvolution), new BatchNormalization(outputs));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv1.call(_bn1.call(input));
        x = _conv2.call(_prelu.call(_bn2.call(x)));
        x = _bn3.call(x).AddInPlace(_downsample?.call(input) ?? input);
        return x.MoveToOuterDisposeScope();
    }
}
