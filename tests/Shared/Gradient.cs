using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests;

/// <summary>Gradients by autograd and by central differences, and how far two tensors lie apart.</summary>
internal static class Gradient
{
    /// <summary>The value of a function of several tensors, and its gradient with respect to each.</summary>
    public static (double Value, Tensor[] Gradients) ByAutograd(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_())];
        Tensor value = function(leaves);
        value.backward();
        return (value.to(ScalarType.Float64).item<double>(), [.. leaves.Select(leaf => leaf.grad ?? zeros_like(leaf))]);
    }

    /// <summary>Central differences (f(x + h) − f(x − h))/2h with respect to each of several float64 tensors.</summary>
    public static Tensor[] ByDifferences(Func<Tensor[], Tensor> function, Tensor[] inputs, double h)
    {
        using IDisposable noGrad = no_grad();
        return [.. Enumerable.Range(0, inputs.Length).Select(which => Differences(which))];

        Tensor Differences(int which)
        {
            double[] values = inputs[which].data<double>().ToArray();
            double[] slopes = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                slopes[i] = (At(i, h) - At(i, -h)) / (2 * h);
            }

            return tensor(slopes).reshape(inputs[which].shape);

            double At(int i, double step)
            {
                using DisposeScope scope = NewDisposeScope();
                double[] moved = [.. values];
                moved[i] += step;
                Tensor[] arguments = [.. inputs];
                arguments[which] = tensor(moved).reshape(inputs[which].shape);
                return function(arguments).item<double>();
            }
        }
    }

    /// <summary>The largest difference of two elements, relative to the norm of the expected tensor.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        double norm = expected.to(ScalarType.Float64).norm().item<double>();
        double difference = LargestDifference(expected, actual);
        return norm == 0 ? difference : difference / norm;
    }

    public static double LargestDifference(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        return (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>();
    }

    public static bool IsFinite(Tensor tensor) => tensor.isfinite().all().item<bool>();
}
