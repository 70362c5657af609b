using System.Text.Json.Nodes;
using Plotly.NET;
using static TorchSharp.torch;
using Chart = Plotly.NET.CSharp.Chart;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int SphereSteps = 48;

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
        Figure figure = Titled(title).Sized(DefaultWidth, 640).WithTrace(Globe()).WithTrace(Graticule());
        for (int label = 0; label < classNames.Count; label++)
        {
            if (points.RayOf(label) is { } center)
            {
                string color = Palette.Class(label);
                figure = figure.WithTrace(Cloud(points.DirectionsOf(label), classNames[label], color))
                    .WithTrace(Ray(center, classNames[label], color));
            }
        }

        return figure.WithLayout(layout =>
        {
            layout["margin"] = new JsonObject { ["l"] = 0, ["r"] = 0, ["t"] = 76, ["b"] = 0 };
            layout["legend"]!["itemsizing"] = "constant";
            layout.Remove("xaxis");
            layout.Remove("yaxis");
            JsonObject hidden = new() { ["visible"] = false, ["range"] = new JsonArray(-1.15, 1.15) };
            layout["scene"] = new JsonObject
            {
                ["xaxis"] = hidden.DeepClone(),
                ["yaxis"] = hidden.DeepClone(),
                ["zaxis"] = hidden.DeepClone(),
                ["aspectmode"] = "cube",
                ["camera"] = new JsonObject { ["eye"] = new JsonObject { ["x"] = 1, ["y"] = 1, ["z"] = 0.6 } },
            };
        });
    }

    private static JsonObject Cloud(double[][] rows, string name, string color)
    {
        JsonObject trace = Scatter3D(rows, StyleParam.Mode.Markers);
        trace["name"] = name;
        trace["showlegend"] = true;
        trace["marker"] = new JsonObject { ["color"] = color, ["size"] = 3, ["opacity"] = 0.85 };
        return trace;
    }

    private static JsonObject Ray(double[] center, string name, string color)
    {
        JsonObject trace = Scatter3D([[0, 0, 0], [.. center.Select(value => 1.15 * value)]], StyleParam.Mode.Lines_Text);
        trace["text"] = new JsonArray("", $"<b>{System.Net.WebUtility.HtmlEncode(name)}</b>");
        trace["line"] = new JsonObject { ["color"] = color, ["width"] = 6 };
        trace["hoverinfo"] = "skip";
        return trace;
    }

    // A translucent ball, so that what lies on the far side is seen to lie there.
    private static JsonObject Globe()
    {
        double[] turns = [.. Enumerable.Range(0, SphereSteps + 1).Select(i => 2 * Math.PI * i / SphereSteps)];
        double[] Row(Func<double, double> value) => [.. turns.Select(value)];
        double[] heights = [.. turns.Select(turn => turn / 2)];
        IEnumerable<double[]> z = heights.Select(h => Row(_ => Math.Cos(h)));
        JsonObject trace = Trace(Chart.Surface<double, double, double, string>(zData: z, UseDefaults: false), "");
        trace["x"] = Rows(heights.Select(h => Row(turn => Math.Sin(h) * Math.Cos(turn))));
        trace["y"] = Rows(heights.Select(h => Row(turn => Math.Sin(h) * Math.Sin(turn))));
        trace["colorscale"] = new JsonArray(new JsonArray(0, "#eeeeee"), new JsonArray(1, "#eeeeee"));
        trace["opacity"] = 0.5;
        trace["lighting"] = new JsonObject { ["ambient"] = 1, ["diffuse"] = 0, ["specular"] = 0, ["fresnel"] = 0 };
        trace["showscale"] = false;
        trace["hoverinfo"] = "skip";
        trace["contours"] = new JsonObject
        {
            ["x"] = new JsonObject { ["highlight"] = false },
            ["y"] = new JsonObject { ["highlight"] = false },
            ["z"] = new JsonObject { ["highlight"] = false },
        };
        return trace;
    }

    // Meridians and parallels every 30 degrees, one line with gaps.
    private static JsonObject Graticule()
    {
        var rows = new List<double[]>();
        for (int line = 0; line < 6; line++)
        {
            double meridian = Math.PI * line / 6;
            double height = Math.PI * line / 6;
            rows.AddRange(Circle(turn => [Math.Sin(turn) * Math.Cos(meridian), Math.Sin(turn) * Math.Sin(meridian), Math.Cos(turn)]));
            rows.AddRange(Circle(turn => [Math.Sin(height) * Math.Cos(turn), Math.Sin(height) * Math.Sin(turn), Math.Cos(height)]));
        }

        JsonObject trace = Scatter3D(rows, StyleParam.Mode.Lines);
        trace["line"] = new JsonObject { ["color"] = "#bbbbbb", ["width"] = 1 };
        trace["hoverinfo"] = "skip";
        return trace;
    }

    private static IEnumerable<double[]> Circle(Func<double, double[]> at) =>
        Enumerable.Range(0, SphereSteps + 1).Select(i => at(2 * Math.PI * i / SphereSteps)).Append([double.NaN, double.NaN, double.NaN]);

    private static JsonObject Scatter3D(IReadOnlyList<double[]> rows, StyleParam.Mode mode) => Trace(
        Chart.Scatter3D<double, double, double, string>(
            rows.Select(row => row[0]), rows.Select(row => row[1]), rows.Select(row => row[2]), mode, UseDefaults: false),
        "");

    private static JsonArray Rows(IEnumerable<double[]> rows) => new([.. rows.Select(row => Numbers(row))]);
}
