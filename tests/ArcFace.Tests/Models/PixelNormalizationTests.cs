using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class PixelNormalizationTests
{
    [Fact]
    public void Black_becomes_minus_one_white_one_and_the_images_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        using var normalization = new PixelNormalization();
        Tensor images = arange(3, dtype: ScalarType.Float32).div(2).view(1, 1, 1, 3);

        Assert.Equal([-1f, 0f, 1f], normalization.call(images).data<float>().ToArray());
        Assert.Equal([0f, 0.5f, 1f], images.data<float>().ToArray());
    }

    [Fact]
    public void It_adds_no_weight_to_a_body()
    {
        using var normalization = new PixelNormalization();
        Assert.Empty(normalization.state_dict());
    }

    [Fact]
    public void Whole_numbers_are_refused_since_doubling_them_could_overflow()
    {
        using Tensor images = zeros(1, 3, 4, 4, dtype: ScalarType.Byte);
        using var normalization = new PixelNormalization();
        ArgumentException error = Assert.Throws<ArgumentException>(() => normalization.call(images));
        Assert.Contains("scale pixels to 0..1", error.Message, StringComparison.Ordinal);
    }
}
