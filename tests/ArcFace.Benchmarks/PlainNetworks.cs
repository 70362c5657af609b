using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>The library's networks again, of the layers that TorchSharp has.</summary>
internal static class PlainNetworks
{
    /// <summary>InsightFace's MobileFaceNet.</summary>
    public static nn.Module<Tensor, Tensor> MobileFaceNet() => nn.Sequential(
        Convolved(3, 128, 3, 2, 1),
        Convolved(128, 128, 3, 1, 1, 64),
        Depthwise(128, 128, 128, 2),
        Repeated(4, () => new Residual(Depthwise(128, 128, 128, 1))),
        Depthwise(128, 256, 256, 2),
        Repeated(6, () => new Residual(Depthwise(256, 256, 256, 1))),
        Depthwise(256, 256, 512, 2),
        Repeated(2, () => new Residual(Depthwise(256, 256, 256, 1))),
        Convolved(256, 512),
        Linear(512, 512, 7, 1, 0, 512),
        nn.Flatten(),
        nn.Linear(512, 512, hasBias: false),
        nn.BatchNorm1d(512));

    /// <summary>IResNet with so many blocks a stage.</summary>
    public static nn.Module<Tensor, Tensor> IResNet(params int[] blocks) => nn.Sequential(
        Convolved(3, 64, 3, 1, 1),
        Stage(64, 64, blocks[0]),
        Stage(64, 128, blocks[1]),
        Stage(128, 256, blocks[2]),
        Stage(256, 512, blocks[3]),
        nn.BatchNorm2d(512),
        nn.Flatten(),
        nn.Linear(512 * 7 * 7, 512),
        nn.BatchNorm1d(512));

    private static nn.Module<Tensor, Tensor> Stage(long inputs, long outputs, int blocks) => nn.Sequential(
        [Block(inputs, outputs, 2), .. Enumerable.Range(1, blocks - 1).Select(_ => Block(outputs, outputs, 1))]);

    private static nn.Module<Tensor, Tensor> Block(long inputs, long outputs, long stride) => new Residual(
        nn.Sequential(nn.BatchNorm2d(inputs), Convolved(inputs, outputs, 3, 1, 1), Linear(outputs, outputs, 3, stride, 1)),
        stride == 1 ? null : Linear(inputs, outputs, 1, stride));

    private static nn.Module<Tensor, Tensor> Depthwise(long inputs, long outputs, long expanded, long stride) => nn.Sequential(
        Convolved(inputs, expanded), Convolved(expanded, expanded, 3, stride, 1, expanded), Linear(expanded, outputs));

    private static nn.Module<Tensor, Tensor> Convolved(long inputs, long outputs, long kernel = 1, long stride = 1, long padding = 0, long groups = 1) =>
        nn.Sequential(Linear(inputs, outputs, kernel, stride, padding, groups), nn.PReLU(outputs));

    private static nn.Module<Tensor, Tensor> Linear(long inputs, long outputs, long kernel = 1, long stride = 1, long padding = 0, long groups = 1) =>
        nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, padding, groups: groups, bias: false), nn.BatchNorm2d(outputs));

    private static nn.Module<Tensor, Tensor> Repeated(int times, Func<nn.Module<Tensor, Tensor>> layer) =>
        nn.Sequential(Enumerable.Range(0, times).Select(_ => layer()));

    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _inner;
        private readonly nn.Module<Tensor, Tensor>? _shortcut;

        public Residual(nn.Module<Tensor, Tensor> inner, nn.Module<Tensor, Tensor>? shortcut = null)
            : base(nameof(Residual))
        {
            (_inner, _shortcut) = (inner, shortcut);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _inner.call(input) + (_shortcut?.call(input) ?? input);
    }
}
