using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

public sealed class NormalizedLogitsTests
{
    [Fact]
    public void Cosines_angles_and_norms_are_those_of_the_naive_loops()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 4, 5);
        Tensor w = Draw.Normal(2, 3, 5);
        Tensor cosines = NormalizedLogits.Cosines(x, w);
        Tensor angles = NormalizedLogits.Angles(x, w);
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                double cosine = Dot(x[i], w[j]) / Math.Sqrt(Dot(x[i], x[i]) * Dot(w[j], w[j]));
                Assert.Equal(cosine, cosines[i, j].item<double>(), 1e-15);
                Assert.Equal(Math.Acos(cosine), angles[i, j].item<double>(), 1e-14);
            }

            Assert.Equal(Math.Sqrt(Dot(x[i], x[i])), NormalizedLogits.Norms(x)[i].item<double>(), 1e-14);
        }

        Assert.InRange(Gradient.LargestDifference(cosines * 7, NormalizedLogits.Scaled(x, w, 7)), 0, 1e-14);
    }

    // The arccosine of a cosine rounded to 1e-16 cannot tell angles below 1e-8 apart; in single precision none below 3e-4.
    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-9)]
    [InlineData(1e-4)]
    [InlineData(0.3)]
    public void Angles_keep_their_digits_near_zero_and_pi(double angle)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Vector(Math.Cos(angle), Math.Sin(angle)).reshape(1, 2);
        Tensor angles = NormalizedLogits.Angles(x, Draw.OnCircle(0, 180));
        Assert.Equal(angle, angles[0, 0].item<double>(), 1e-15);
        // sin π is 1.2e-16 in double precision, so the second weight itself is that far off.
        Assert.Equal(Math.PI - angle, angles[0, 1].item<double>(), 1e-15);
    }

    [Fact]
    public void The_gradient_of_an_angle_is_finite_everywhere_and_zero_at_zero_and_pi()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w = Draw.Vector(0.3, -0.8).reshape(1, 2);
        Tensor x = cat([w, w * 4, w * -2, zeros(1, 2, ScalarType.Float64)]);
        (_, Tensor[] gradients) = Gradient.ByAutograd(i => NormalizedLogits.Angles(i[0], i[1]).sum(), x, w);
        Assert.Equal(0, gradients[0].abs().max().item<double>());
        Assert.Equal(0, gradients[1].abs().max().item<double>());
    }

    // Differences with h = 1e-6 are off by about h² and 1e-15/h.
    [Fact]
    public void Gradients_of_angles_cosines_and_norms_equal_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 3, 4);
        Tensor w = Draw.Normal(2, 2, 4);
        Tensor weights = Draw.Normal(3, 3, 2);
        foreach (Func<Tensor[], Tensor> function in new Func<Tensor[], Tensor>[]
        {
            i => (NormalizedLogits.Angles(i[0], i[1]) * weights).sum(),
            i => (NormalizedLogits.Cosines(i[0], i[1]) * weights).sum(),
            i => (NormalizedLogits.Norms(i[0]) * weights[.., 0]).sum() + (NormalizedLogits.Norms(i[1]) * weights[0]).sum(),
        })
        {
            Tensor[] autograd = Gradient.ByAutograd(function, x, w).Gradients;
            Tensor[] differences = Gradient.ByDifferences(function, [x, w], 1e-6);
            Assert.InRange(Gradient.RelativeError(differences[0], autograd[0]), 0, 1e-8);
            Assert.InRange(Gradient.RelativeError(differences[1], autograd[1]), 0, 1e-8);
        }
    }

    [Fact]
    public void Zero_vectors_are_perpendicular_to_everything_also_to_each_other()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor zero = zeros(1, 3, ScalarType.Float64);
        Tensor w = cat([Draw.Normal(1, 1, 3), zero]);
        Assert.Equal(0, NormalizedLogits.Cosines(zero, w).abs().max().item<double>());
        Assert.Equal(0, (NormalizedLogits.Angles(zero, w) - (Math.PI / 2)).abs().max().item<double>());
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ArgumentException>("embeddings", () => NormalizedLogits.Cosines(zeros(2, 3), zeros(2, 4)));
        Assert.Throws<ArgumentException>("weight", () => NormalizedLogits.Angles(zeros(2, 3), zeros(3)));
        Assert.Throws<ArgumentException>(() => NormalizedLogits.Norms(zeros(2, 3, ScalarType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalizedLogits.Scaled(zeros(2, 3), zeros(2, 3), 0));
    }

    private static double Dot(Tensor a, Tensor b)
    {
        double sum = 0;
        for (int d = 0; d < a.shape[0]; d++)
        {
            sum += a[d].item<double>() * b[d].item<double>();
        }

        return sum;
    }
}
