using Plotly.NET;
using static TorchSharp.torch;
using Chart = Plotly.NET.CSharp.Chart;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int SphereSteps = 48;

    private static readonly double[] Turns = [.. Enumerable.Range(0, SphereSteps + 1).Select(i => 2 * Math.PI * i / SphereSteps)];

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

        foreach ((int label, string name) in classNames.Index())
        {
            double[][] rows = onCircle ? [.. points.DirectionsOf(label).Select(BesideCircle)] : points.Of(label);
            if (rows.Length > 0)
            {
                // The name stands at the ray, and in the figure's text; a legend would only repeat it.
                figure = figure.Points(rows.Select(row => row[0]), rows.Select(row => row[1]), name, Palette.Class(label), 5)
                    .WithNewest(new { showlegend = false });
            }
        }

        foreach ((int label, string name) in classNames.Index())
        {
            if (points.RayOf(label) is [double x, double y])
            {
                figure = figure.Line([0, x * radius], [0, y * radius], color: Palette.Class(label))
                    .Text(x * radius * 1.13, y * radius * 1.13, name, boxed: true);
            }
        }

        return figure;
    }

    /// <summary>Embeddings of three dimensions on the unit sphere, class by class, with a ray to each class's center.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="embeddings">Embeddings of any length, [N, 3]; each is divided by its length.</param>
    /// <param name="labels">The class of each, 0..C − 1, [N].</param>
    /// <param name="classNames">Names of the classes, [C].</param>
    /// <param name="weight">Class weights, [C, 3]: the rays then show their directions in place of the classes' centers.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or a label is outside the classes.</exception>
    public static Figure EmbeddingSphere(
        string title, Tensor embeddings, Tensor labels, IReadOnlyList<string> classNames, Tensor? weight = null)
    {
        var points = new ClassPoints(embeddings, labels, classNames.Count, 3, weight);
        Figure figure = Titled(title).Sized(DefaultWidth, 640).WithGlobe().WithGraticule();
        foreach ((int label, string name) in classNames.Index())
        {
            if (points.RayOf(label) is { } center)
            {
                string color = Palette.Class(label);
                double[][] ray = [[0, 0, 0], [.. center.Select(value => 1.15 * value)]];
                var dots = new { color, size = 3, opacity = 0.85 };
                figure = figure
                    .WithScatter3D(points.DirectionsOf(label), StyleParam.Mode.Markers, name, new { marker = dots })
                    .WithScatter3D(ray, StyleParam.Mode.Lines_Text, "", new
                    {
                        text = new[] { "", $"<b>{WebUtility.HtmlEncode(name)}</b>" },
                        line = new { color, width = 6 },
                        hoverinfo = "skip",
                    });
            }
        }

        var hidden = new { visible = false, range = new[] { -1.15, 1.15 } };
        JsonObject layout = Changed(figure._layout, new
        {
            margin = new { l = 0, r = 0, t = 76, b = 0 },
            legend = new { itemsizing = "constant" },
            scene = new
            {
                xaxis = hidden,
                yaxis = hidden,
                zaxis = hidden,
                aspectmode = "cube",
                camera = new { eye = new { x = 1, y = 1, z = 0.6 } },
            },
        });
        layout.Remove("xaxis");
        layout.Remove("yaxis");
        return new Figure(figure._traces, layout);
    }

    private static double[] BesideCircle(double[] direction, int rank)
    {
        double place = 1 + (0.025 * ((rank % 5) - 2));
        return [direction[0] * place, direction[1] * place];
    }

    // A translucent ball, so that what lies on the far side is seen to lie there.
    private Figure WithGlobe()
    {
        IEnumerable<double[]> Rows(Func<double, double, double> value) =>
            Turns.Select(turn => (double[])[.. Turns.Select(meridian => value(turn / 2, meridian))]);
        var still = new { highlight = false };
        var chart = Chart.Surface<double, double, double, string>(zData: Rows((height, _) => Math.Cos(height)), UseDefaults: false);
        return WithTrace(chart, "", new
        {
            x = Rows((height, meridian) => Math.Sin(height) * Math.Cos(meridian)),
            y = Rows((height, meridian) => Math.Sin(height) * Math.Sin(meridian)),
            colorscale = new object[][] { [0, "#eeeeee"], [1, "#eeeeee"] },
            opacity = 0.5,
            lighting = new { ambient = 1, diffuse = 0, specular = 0, fresnel = 0 },
            showscale = false,
            hoverinfo = "skip",
            contours = new { x = still, y = still, z = still },
        });
    }

    // Meridians and parallels every 30 degrees, one line with gaps.
    private Figure WithGraticule()
    {
        IEnumerable<double[]> lines = Enumerable.Range(0, 6).Select(line => Math.PI * line / 6).SelectMany(at => (double[][])
        [
            .. Turns.Select(turn => (double[])[Math.Sin(turn) * Math.Cos(at), Math.Sin(turn) * Math.Sin(at), Math.Cos(turn)]),
            [double.NaN, double.NaN, double.NaN],
            .. Turns.Select(turn => (double[])[Math.Sin(at) * Math.Cos(turn), Math.Sin(at) * Math.Sin(turn), Math.Cos(at)]),
            [double.NaN, double.NaN, double.NaN],
        ]);
        return WithScatter3D([.. lines], StyleParam.Mode.Lines, "", new { line = new { color = "#bbbbbb", width = 1 }, hoverinfo = "skip" });
    }

    private Figure WithScatter3D(IReadOnlyList<double[]> rows, StyleParam.Mode mode, string name, object look) => WithTrace(
        Chart.Scatter3D<double, double, double, string>(
            rows.Select(row => row[0]), rows.Select(row => row[1]), rows.Select(row => row[2]), mode, UseDefaults: false),
        name,
        look);
}
