namespace ArcFace.Headless.Commands;

/// <summary>The figures' images as files: <c>images/NOTEBOOK/CELL.png</c> in the output folder.</summary>
internal static partial class ImageFiles
{
    public static void Save(string output, NotebookFile file, IReadOnlyList<FigureImage> images)
    {
        string folder = Path.Combine(output, "images", Path.ChangeExtension(file.Name, null));
        foreach (FigureImage image in images)
        {
            OutputFile.Write(Path.Combine(folder, NameOf(image)), stream => stream.Write(image.Png.Span));
        }
    }

    // A notebook may come from anywhere, and an id must not lead out of the folder.
    private static string NameOf(FigureImage image)
    {
        string cell = image.Cell.Id is { } id && FileName().IsMatch(id) ? id : $"cell-{image.Cell.Position}";
        return image.Number == 1 ? $"{cell}.png" : $"{cell}-{image.Number}.png";
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex FileName();
}
