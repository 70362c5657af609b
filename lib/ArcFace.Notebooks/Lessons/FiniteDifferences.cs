using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Gradients that only evaluate a function: slow, and sharing no code with a derivation or with autograd.</summary>
public static class FiniteDifferences
{
    /// <summary>The gradient of a function by central differences, (f(x + h) − f(x − h)) / 2h, one number of x at a time.</summary>
    /// <param name="function">Gives a number for a tensor of the shape of <paramref name="at"/>, in double precision.</param>
    /// <param name="at">Where, any shape.</param>
    /// <param name="h">The step; the error is about h² and 1e-16 / h times the function's size.</param>
    /// <returns>The gradient, row by row.</returns>
    public static double[] Gradient(Func<Tensor, Tensor> function, Tensor at, double h = 1e-5)
    {
        double[] x = at.ToDoubles();
        double Moved(int i, double by)
        {
            using var scope = NewDisposeScope();
            using var withoutGradient = no_grad();
            return function(tensor([.. x.Select((v, k) => k == i ? v + by : v)], at.shape, dtype: ScalarType.Float64)).ToDoubles()[0];
        }

        return [.. Enumerable.Range(0, x.Length).Select(i => (Moved(i, h) - Moved(i, -h)) / (2 * h))];
    }
}
