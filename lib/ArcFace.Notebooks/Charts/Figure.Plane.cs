using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>Embeddings of two dimensions, class by class, each class's center drawn as a ray from the origin.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="embeddings">Points, [N, 2].</param>
    /// <param name="labels">The class of each, 0..C − 1, [N].</param>
    /// <param name="classNames">Names of the classes, [C].</param>
    /// <param name="onCircle">Whether only the angle of each embedding is drawn: points a little inside and outside of the circle,
    /// so that they can be told apart.</param>
    /// <param name="weight">Class weights, [C, 2]: the rays then show their directions in place of the classes' centers.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a label is outside the classes.</exception>
    public static Figure EmbeddingPlane(
        string title, Tensor embeddings, Tensor labels, IReadOnlyList<string> classNames, bool onCircle = false, Tensor? weight = null)
    {
        var points = new ClassPoints(embeddings, labels, classNames.Count, 2, weight);
        double radius = onCircle ? 1 : Math.Max(points.Radius, double.Epsilon);
        Figure figure = Titled(title, "first dimension", "second dimension").Sized(DefaultWidth, 640).EqualAspect()
            .Ranged(x: (-1.25 * radius, 1.25 * radius), y: (-1.25 * radius, 1.25 * radius));
        if (onCircle)
        {
            figure = figure.Circle(0, 0, 1, "#aaaaaa");
        }

        for (int label = 0; label < classNames.Count; label++)
        {
            double[][] rows = onCircle ? [.. points.DirectionsOf(label).Select(BesideCircle)] : points.Of(label);
            if (rows.Length > 0)
            {
                // The name stands at the ray, and in the figure's text; a legend would only repeat it.
                figure = figure.Points(rows.Select(row => row[0]), rows.Select(row => row[1]), classNames[label], Palette.Class(label), 5)
                    .WithNewest(trace => trace["showlegend"] = false);
            }
        }

        for (int label = 0; label < classNames.Count; label++)
        {
            if (points.RayOf(label) is [double x, double y])
            {
                figure = figure.Line([0, x * radius], [0, y * radius], color: Palette.Class(label))
                    .Text(x * radius * 1.13, y * radius * 1.13, classNames[label], boxed: true);
            }
        }

        return figure;
    }
    private static double[] BesideCircle(double[] direction, int rank)
    {
        double place = 1 + (0.025 * ((rank % 5) - 2));
        return [direction[0] * place, direction[1] * place];
    }
}
