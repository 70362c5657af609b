using ArcFace.Losses;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Loss and gradients as loops over the formulas, sharing nothing with the library but the margin's scalar form.</summary>
internal static class MarginSoftmaxByHand
{
    public static (double Loss, double[,] Dx, double[,] Dw) Evaluate(Tensor x, Tensor w, Tensor y, MarginSoftmaxOptions options)
    {
        (int samples, int size, int rows, int centers) = ((int)x.shape[0], (int)x.shape[1], (int)w.shape[0], options.CentersPerClass);
        int classes = rows / centers;
        double s = options.Scale;
        (double[] xNorm, double[,] xHat) = Normalize(x);
        (double[] wNorm, double[,] wHat) = Normalize(w);
        double loss = 0;
        double[,] dxHat = new double[samples, size];
        double[,] dwHat = new double[rows, size];

        for (int i = 0; i < samples; i++)
        {
            int label = (int)y[i].item<long>();
            double[] cosine = new double[classes];
            int[] center = new int[classes];
            for (int c = 0; c < classes; c++)
            {
                cosine[c] = double.NegativeInfinity;
                for (int row = c * centers; row < (c + 1) * centers; row++)
                {
                    double dot = Enumerable.Range(0, size).Sum(d => xHat[i, d] * wHat[row, d]);
                    (cosine[c], center[c]) = dot > cosine[c] ? (dot, row) : (cosine[c], center[c]);
                }
            }

            double angle = Math.Acos(cosine[label]);
            double[] z = [.. cosine.Select(cos => s * cos)];
            z[label] = s * options.Margin.TargetCosine(angle, options.Boundary);
            double highest = z.Max();
            double logSum = highest + Math.Log(z.Sum(value => Math.Exp(value - highest)));
            for (int c = 0; c < classes; c++)
            {
                double t = (c == label ? 1 - options.LabelSmoothing : 0) + (options.LabelSmoothing / classes);
                loss -= t * (z[c] - logSum) / samples;
                double pull = s * (Math.Exp(z[c] - logSum) - t) / samples;
                if (c == label && options.Gradient == MarginGradient.Exact)
                {
                    pull *= options.Margin.TargetSlope(angle, options.Boundary) / -Math.Sin(angle);
                }

                for (int d = 0; d < size; d++)
                {
                    dxHat[i, d] += pull * wHat[center[c], d];
                    dwHat[center[c], d] += pull * xHat[i, d];
                }
            }
        }

        return (loss, ThroughNorm(dxHat, xHat, xNorm), ThroughNorm(dwHat, wHat, wNorm));
    }

    /// <summary>d/dv = (d/dv̂ − (d/dv̂·v̂)·v̂)/‖v‖.</summary>
    private static double[,] ThroughNorm(double[,] gradient, double[,] unit, double[] norm)
    {
        double[,] result = new double[gradient.GetLength(0), gradient.GetLength(1)];
        for (int i = 0; i < norm.Length; i++)
        {
            double along = Enumerable.Range(0, unit.GetLength(1)).Sum(d => gradient[i, d] * unit[i, d]);
            for (int d = 0; d < unit.GetLength(1); d++)
            {
                result[i, d] = (gradient[i, d] - (along * unit[i, d])) / norm[i];
            }
        }

        return result;
    }

    private static (double[] Norm, double[,] Unit) Normalize(Tensor vectors)
    {
        double[,] unit = (double[,])vectors.data<double>().ToNDArray();
        double[] norm = new double[unit.GetLength(0)];
        for (int i = 0; i < norm.Length; i++)
        {
            norm[i] = Math.Sqrt(Enumerable.Range(0, unit.GetLength(1)).Sum(d => unit[i, d] * unit[i, d]));
            for (int d = 0; d < unit.GetLength(1); d++)
            {
                unit[i, d] /= norm[i];
            }
        }

        return (norm, unit);
    }
}
