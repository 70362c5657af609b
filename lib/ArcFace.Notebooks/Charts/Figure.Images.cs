using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int Colours = 3;

    /// <summary>A grid of small pictures, each with a caption under it.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="images">Pictures of one channel, [N, H, W] or [N, 1, H, W], or in colour, [N, 3, H, W], red first and values from 0 to 1.</param>
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
        ArgumentException.ThrowIf(
            !valid || shape[0] == 0,
            $"images have the shape {Guard.Shape(images)}; a grid shows at least one picture of shape [N, H, W], [N, 1, H, W] or [N, 3, H, W]",
            nameof(images));
        int count = (int)shape[0], height = (int)shape[^2], width = (int)shape[^1];
        ArgumentException.ThrowIf(
            captions is not null && captions.Count != count,
            $"{captions!.Count} captions for {count} pictures; give one caption a picture", nameof(captions));

        columns = Math.Min(columns, count);
        int rows = (count + columns - 1) / columns;

        // One heat map holds all pictures, with a gap between them: many small plots would be slow to draw. In units of one
        // pixel of the picture, captions need about a third of a picture's height.
        int stepX = width + Math.Max(1, width / 8);
        int stepY = height + Math.Max(1, captions is null ? height / 8 : (int)Math.Ceiling(height * 0.35));
        int sheetWidth = columns * stepX, sheetHeight = rows * stepY;
        bool colour = shape.Length == 4 && shape[1] == Colours;

        // Channel by channel, the rows of pixels of the whole sheet; what lies between the pictures is not a number.
        double[] Sheet(int channels)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor pictures = images.detach().cpu().to(ScalarType.Float64).reshape(count, channels, height, width);
            return nn.functional.pad(
                    pictures, [0, stepX - width, 0, stepY - height, 0, 0, 0, (rows * columns) - count], PaddingModes.Constant, double.NaN)
                .view(rows, columns, channels, stepY, stepX).permute(2, 0, 3, 1, 4).ToDoubles();
        }

        Figure figure = Titled(title).WithoutAxes()
            .Sized(DefaultWidth, Math.Max(160, (int)(sheetHeight * ((DefaultWidth - 40.0) / sheetWidth)) + 80))
            .WithLayout(new
            {
                margin = new { l = 20, r = 20, t = 48, b = 16 },
                xaxis = new { range = new[] { -1, sheetWidth - 0.5 } },
                yaxis = new { range = new[] { sheetHeight - 0.5, -1 }, scaleanchor = "x" },
            });
        figure = colour
            ? figure.WithColours(Sheet(Colours), sheetWidth, sheetHeight)
            : figure.WithHeat([.. Sheet(1).Chunk(sheetWidth)], scale, new { showscale = false, hoverinfo = "skip" });
        foreach ((int i, string caption) in (captions ?? []).Index())
        {
            (int row, int column) = Math.DivRem(i, columns);
            double x = (column * stepX) + ((width - 1) / 2.0), y = (row * stepY) + height - 0.4;
            figure = figure.WithItem("annotations", Note(x, y, "x", "y", caption, "center", "top"));
        }

        return figure;
    }

    /// <summary>All pictures as one PNG inside the figure, white between them: a small part of what their numbers would take.</summary>
    private Figure WithColours(double[] planes, int width, int height)
    {
        using var picture = Picture.Of([.. planes.Select(Level)], width, height);
        string source = $"data:image/png;base64,{Convert.ToBase64String(picture.EncodePng())}";
        return new(_traces.Add(Json(new { type = "image", showlegend = false, hoverinfo = "skip", source })), _layout);
    }

    /// <summary>0 to 255; white where there is no number.</summary>
    private static byte Level(double value) =>
        double.IsNaN(value) ? byte.MaxValue : (byte)Math.Round(byte.MaxValue * Math.Clamp(value, 0, 1));
}
