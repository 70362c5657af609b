namespace ArcFace.Tests.Models;

/// <summary>
/// The state dictionaries of InsightFace's <c>arcface_torch</c> backbones, written down from its layer tables and not from
/// the models under test: <c>name:shape</c>, one line a tensor.
/// </summary>
internal static class InsightFaceLayout
{
    public static IEnumerable<string> IResNet(int[] blocks, int embeddingSize, int mapSide)
    {
        var lines = new List<string> { "conv1.weight:64,3,3,3", "prelu.weight:64" };
        lines.AddRange(Norm("bn1", 64));
        for (int stage = 1; stage <= 4; stage++)
        {
            int width = 32 << stage;
            for (int block = 0; block < blocks[stage - 1]; block++)
            {
                int inputs = block > 0 || stage == 1 ? width : width / 2;
                string at = $"layer{stage}.{block}";
                lines.AddRange(Norm($"{at}.bn1", inputs));
                lines.Add($"{at}.conv1.weight:{width},{inputs},3,3");
                lines.AddRange(Norm($"{at}.bn2", width));
                lines.Add($"{at}.prelu.weight:{width}");
                lines.Add($"{at}.conv2.weight:{width},{width},3,3");
                lines.AddRange(Norm($"{at}.bn3", width));
                if (block == 0)
                {
                    lines.Add($"{at}.downsample.0.weight:{width},{inputs},1,1");
                    lines.AddRange(Norm($"{at}.downsample.1", width));
                }
            }
        }

        lines.AddRange(Norm("bn2", 512));
        lines.Add($"fc.weight:{embeddingSize},{512 * mapSide * mapSide}");
        lines.Add($"fc.bias:{embeddingSize}");
        lines.AddRange(Norm("features", embeddingSize));
        return lines;
    }

    public static IEnumerable<string> MobileFaceNet(int embeddingSize)
    {
        var lines = new List<string>();
        lines.AddRange(Convolved("layers.0", 128, 3, 3));
        lines.AddRange(Convolved("layers.1", 128, 2, 3));
        lines.AddRange(DepthWise("layers.2", 128, 128, 128));
        lines.AddRange(Enumerable.Range(0, 4).SelectMany(i => DepthWise($"layers.3.layers.{i}", 128, 128, 128)));
        lines.AddRange(DepthWise("layers.4", 128, 256, 256));
        lines.AddRange(Enumerable.Range(0, 6).SelectMany(i => DepthWise($"layers.5.layers.{i}", 256, 256, 256)));
        lines.AddRange(DepthWise("layers.6", 256, 512, 256));
        lines.AddRange(Enumerable.Range(0, 2).SelectMany(i => DepthWise($"layers.7.layers.{i}", 256, 256, 256)));
        lines.AddRange(Convolved("conv_sep", 512, 256, 1));
        lines.Add("features.layers.0.layers.0.weight:512,1,7,7");
        lines.AddRange(Norm("features.layers.0.layers.1", 512));
        lines.Add($"features.layers.2.weight:{embeddingSize},512");
        lines.AddRange(Norm("features.layers.3", embeddingSize));
        return lines;
    }

    private static IEnumerable<string> DepthWise(string at, int inputs, int expanded, int outputs) =>
    [
        .. Convolved($"{at}.layers.0", expanded, inputs, 1),
        .. Convolved($"{at}.layers.1", expanded, 1, 3),
        $"{at}.layers.2.layers.0.weight:{outputs},{expanded},1,1",
        .. Norm($"{at}.layers.2.layers.1", outputs),
    ];

    private static IEnumerable<string> Convolved(string at, int outputs, int inputsPerGroup, int kernel) =>
    [
        $"{at}.layers.0.weight:{outputs},{inputsPerGroup},{kernel},{kernel}",
        .. Norm($"{at}.layers.1", outputs),
        $"{at}.layers.2.weight:{outputs}",
    ];

    private static IEnumerable<string> Norm(string at, int width) =>
    [
        $"{at}.weight:{width}",
        $"{at}.bias:{width}",
        $"{at}.running_mean:{width}",
        $"{at}.running_var:{width}",
        $"{at}.num_batches_tracked:",
    ];
}
