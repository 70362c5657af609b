using System.Numerics.Tensors;
using ArcFace.Losses;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace ArcFace.Tests.Losses;

public sealed class SoftmaxTests
{
    private static readonly Gen<double[]> Logits = Gen.Double[-300, 300].Array[1, 12];

    // softmax(1, 2, 3) to the digits of a double.
    private static readonly double[] OneTwoThree = [0.09003057317038046, 0.24472847105479764, 0.6652409557748218];

    [Fact]
    public void Probabilities_of_one_two_three_have_the_known_values()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] span = Softmax.Probabilities([1, 2, 3]);
        double[] tensors = Softmax.Probabilities(Draw.Vector(1, 2, 3)).data<double>().ToArray();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(OneTwoThree[i], span[i], 1e-15);
            Assert.Equal(OneTwoThree[i], tensors[i], 1e-15);
        }
    }

    // Each form rounds once a class; the probabilities are at most 1.
    [Fact]
    public void Naive_vectorised_and_stable_forms_agree_where_none_overflows() => Logits.Holds(logits =>
    {
        using DisposeScope scope = NewDisposeScope();
        double[] naive = Naive(logits);
        double[] vectorised = new double[logits.Length];
        TensorPrimitives.SoftMax<double>(logits, vectorised);
        double[] stable = Softmax.Probabilities(logits);
        double[] tensors = Softmax.Probabilities(tensor(logits)).data<double>().ToArray();
        for (int j = 0; j < logits.Length; j++)
        {
            Assert.Equal(naive[j], vectorised[j], 1e-13);
            Assert.Equal(naive[j], stable[j], 1e-13);
            Assert.Equal(naive[j], tensors[j], 1e-13);
        }
    });

    [Fact]
    public void Naive_and_vectorised_overflow_where_the_stable_forms_are_exact()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] logits = [1e4, 1e4, -1e4];
        double[] vectorised = new double[3];
        TensorPrimitives.SoftMax<double>(logits, vectorised);

        Assert.Contains(double.NaN, Naive(logits));
        Assert.Contains(double.NaN, vectorised);
        Assert.Equal([0.5, 0.5, 0], Softmax.Probabilities(logits));
        Assert.Equal([0.5, 0.5, 0], Softmax.Probabilities(tensor(logits)).data<double>().ToArray());
        Assert.Equal(-20000 - Math.Log(2), Softmax.LogProbabilities(tensor(logits))[2].item<double>(), 1e-11);
    }

    [Fact]
    public void Probabilities_are_not_negative_and_sum_to_one() => Gen.Double[-1e4, 1e4].Array[1, 40].Holds(logits =>
    {
        double[] probabilities = Softmax.Probabilities(logits);
        Assert.All(probabilities, p => Assert.InRange(p, 0, 1));
        Assert.Equal(1, probabilities.Sum(), 1e-14);
    });

    // The shift rounds the logits to 1e-13 where they reach 1000.
    [Fact]
    public void A_shift_of_every_logit_changes_nothing() => Gen.Select(Logits, Gen.Double[-700, 700]).Holds((logits, shift) =>
    {
        double[] before = Softmax.Probabilities(logits);
        double[] after = Softmax.Probabilities([.. logits.Select(z => z + shift)]);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    });

    [Fact]
    public void Two_classes_give_back_the_sigmoid_of_their_difference() => Gen.Select(Gen.Double[-300, 300], Gen.Double[-300, 300])
        .Holds((a, b) => Assert.Equal(1 / (1 + Math.Exp(a - b)), Softmax.Probabilities([a, b])[1], 1e-13));

    [Fact]
    public void Temperature_divides_the_logits()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Normal(1, 3, 4, 5);
        Assert.InRange(
            Gradient.LargestDifference(Softmax.Probabilities(logits / 2.5), Softmax.Probabilities(logits, 2.5)), 0, 1e-15);
        Assert.InRange(
            Gradient.LargestDifference(Softmax.Probabilities(logits, 2.5).log(), Softmax.LogProbabilities(logits, 2.5)), 0, 1e-14);
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Softmax.Probabilities([]));
        Assert.Throws<ArgumentException>(() => Softmax.Probabilities([0, double.NaN]));
        Assert.Throws<ArgumentNullException>(() => Softmax.Probabilities((Tensor)null!));
        Assert.Throws<ArgumentException>(() => Softmax.Probabilities(zeros(3, ScalarType.Int32)));
        Assert.Throws<ArgumentException>(() => Softmax.Probabilities(zeros(3, 0)));
        Assert.Throws<ArgumentException>(() => Softmax.Probabilities(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => Softmax.LogProbabilities(Draw.Vector(0, double.PositiveInfinity)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Softmax.Probabilities(zeros(3), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Softmax.LogProbabilities(zeros(3), double.NaN));
    }

    private static double[] Naive(double[] logits)
    {
        double sum = 0;
        foreach (double z in logits)
        {
            sum += Math.Exp(z);
        }

        return [.. logits.Select(z => Math.Exp(z) / sum)];
    }
}
