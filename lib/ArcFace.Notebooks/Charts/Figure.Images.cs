using System.Text.Json.Nodes;
using ArcFace.Faces.Pictures;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int Colours = 3;
    private const string PngPrefix = "data:image/png;base64,";

    /// <summary>A grid of small pictures, each with a caption under it.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="images">
    /// Pictures of one channel, [N, H, W] or [N, 1, H, W], or in colour, [N, 3, H, W], red first and values from 0 to 1.
    /// </param>
    /// <param name="captions">One caption a picture; none for no captions.</param>
    /// <param name="columns">Pictures in a row.</param>
    /// <param name="scale">How numbers become colours; one scale for all pictures, and none for pictures in colour.</param>
    /// <exception cref="ArgumentException">The pictures have another shape, there is none, or the captions are not as many.</exception>
    public static Figure Images(
        string title, Tensor images, IReadOnlyList<string>? captions = null, int columns = 10, ColorScale scale = ColorScale.Grey)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        long[] shape = images.shape;
        bool valid = shape.Length == 3 || (shape.Length == 4 && shape[1] is (1 or Colours));
        if (!valid || shape[0] == 0)
        {
            throw new ArgumentException(
                $"images have the shape [{string.Join(", ", shape)}]; "
                + "a grid shows at least one picture of shape [N, H, W], [N, 1, H, W] or [N, 3, H, W]",
                nameof(images));
        }

        int count = (int)shape[0], height = (int)shape[^2], width = (int)shape[^1];
        if (captions is not null && captions.Count != count)
        {
            throw new ArgumentException($"{captions.Count} captions for {count} pictures; give one caption a picture", nameof(captions));
        }

        columns = Math.Min(columns, count);
        int rows = (count + columns - 1) / columns;

        // One heat map holds all pictures, with a gap between them: many small plots would be slow to draw. In units of one
        // pixel of the picture, captions need about a third of a picture's height.
        int stepX = width + Math.Max(1, width / 8);
        int stepY = height + Math.Max(1, captions is null ? height / 8 : (int)Math.Ceiling(height * 0.35));
        bool colour = shape.Length == 4 && shape[1] == Colours;
        double[] pixels = images.ToDoubles();
        double[][][] sheets = [.. Enumerable.Range(0, colour ? Colours : 1).Select(channel => Sheet(channel, colour ? Colours : 1))];

        // One channel of all pictures; what lies between them is not a number.
        double[][] Sheet(int channel, int channels)
        {
            double[][] sheet = [.. Enumerable.Range(0, rows * stepY).Select(_ => Fill(columns * stepX))];
            for (int i = 0; i < count; i++)
            {
                (int row, int column) = Math.DivRem(i, columns);
                for (int y = 0; y < height; y++)
                {
                    int start = ((((i * channels) + channel) * height) + y) * width;
                    Array.Copy(pixels, start, sheet[(row * stepY) + y], column * stepX, width);
                }
            }

            return sheet;
        }

        double screenPixels = (DefaultWidth - 40.0) / (columns * stepX);
        Figure figure = Titled(title)
            .WithTrace(colour ? ColourSheet(sheets) : ScaledSheet(sheets[0], scale))
            .Sized(DefaultWidth, Math.Max(160, (int)(rows * stepY * screenPixels) + 80));
        for (int i = 0; captions is not null && i < count; i++)
        {
            (int row, int column) = Math.DivRem(i, columns);
            double x = (column * stepX) + ((width - 1) / 2.0), y = (row * stepY) + height - 0.4;
            figure = figure.WithItem("annotations", Note(x, y, "x", "y", captions[i], "center", "top"));
        }

        return figure.WithLayout(layout =>
        {
            layout["margin"] = new JsonObject { ["l"] = 20, ["r"] = 20, ["t"] = 48, ["b"] = 16 };
            layout["xaxis"] = new JsonObject { ["visible"] = false, ["range"] = new JsonArray(-1, (columns * stepX) - 0.5) };
            layout["yaxis"] = new JsonObject
            {
                ["visible"] = false,
                ["range"] = new JsonArray((rows * stepY) - 0.5, -1),
                ["scaleanchor"] = "x",
            };
        });
    }

    private static JsonObject ScaledSheet(double[][] sheet, ColorScale scale)
    {
        JsonObject trace = Heat(sheet, scale);
        trace["showscale"] = false;
        trace["hoverinfo"] = "skip";
        return trace;
    }

    /// <summary>All pictures as one PNG inside the figure, white between them: a small part of what their numbers would take.</summary>
    private static JsonObject ColourSheet(double[][][] channels)
    {
        byte[] planes = [.. channels.SelectMany(channel => channel).SelectMany(row => row).Select(Level)];
        using var picture = Picture.Of(planes, channels[0][0].Length, channels[0].Length);
        return new()
        {
            ["type"] = "image",
            ["showlegend"] = false,
            ["hoverinfo"] = "skip",
            ["source"] = PngPrefix + Convert.ToBase64String(picture.EncodePng()),
        };
    }

    /// <summary>0 to 255; white where there is no number.</summary>
    private static byte Level(double value) =>
        double.IsNaN(value) ? byte.MaxValue : (byte)Math.Round(byte.MaxValue * Math.Clamp(value, 0, 1));

    private static double[] Fill(int length)
    {
        double[] row = new double[length];
        Array.Fill(row, double.NaN);
        return row;
    }
}
