using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class FlipAveragingTests
{
    [Fact]
    public void The_sum_of_both_embeddings_is_brought_to_length_one()
    {
        // (3, 0) + (0, 4) = (3, 4), of length 5: the longer embedding weighs more.
        using var scope = NewDisposeScope();
        Tensor combined = FlipAveraging.Combine(tensor(new[,] { { 3.0, 0.0 } }), tensor(new[,] { { 0.0, 4.0 } }));
        Assert.Equal([0.6, 0.8], combined.data<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void A_picture_and_its_mirror_image_get_the_same_embedding()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        Tensor images = tensor(Samples.Normal(random, 3 * 2 * 4 * 4), [3, 2, 4, 4]).to(ScalarType.Float32);
        Tensor weight = tensor(Samples.Normal(random, 32 * 5), [32, 5]).to(ScalarType.Float32).requires_grad_();
        Tensor Embed(Tensor batch) => batch.reshape(batch.shape[0], 32).matmul(weight);
        Tensor one = FlipAveraging.Embed(Embed, images);
        Tensor other = FlipAveraging.Embed(Embed, images.flip(3));
        Assert.Equal(one.data<float>().ToArray(), other.data<float>().ToArray());
        Assert.Equal(ScalarType.Float32, one.dtype);
        Assert.False(one.requires_grad);

        // Left and right are the last dimension: turned upside down a picture is another one.
        Assert.False(allclose(one, FlipAveraging.Embed(Embed, images.flip(2))));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>("mirrored", () => FlipAveraging.Combine(ones(2, 3), ones(3, 3)));
        Assert.Throws<ArgumentException>(() => FlipAveraging.Combine(ones(2, 3), -ones(2, 3)));
        Assert.Throws<ArgumentException>("images", () => FlipAveraging.Embed(x => x, ones(2, 3)));
        Assert.Throws<ArgumentNullException>("embed", () => FlipAveraging.Embed(null!, ones(2, 3, 4, 4)));
    }
}
