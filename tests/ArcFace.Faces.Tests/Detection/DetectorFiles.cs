using global::Onnx;

namespace ArcFace.Faces.Tests;

/// <summary>Detectors in small files: a cell says "face" by the red value of the pixel at its upper left corner, with the same box and points everywhere.</summary>
internal static class DetectorFiles
{
    public static readonly int[] Strides = [8, 16, 32];

    /// <summary>YuNet's form, blue first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="side">Height and width of the input; below 0 any.</param>
    /// <param name="stride">The stride at which faces are found.</param>
    /// <param name="box">Four numbers.</param>
    /// <param name="points">Ten numbers.</param>
    public static string Yunet(string path, long side, int stride, float[] box, float[] points)
    {
        var graph = new GraphProto { Input = { OnnxFiles.Value("input", [1, 3, side, side]) } };
        foreach (int s in Strides)
        {
            Map(graph, $"cls_{s}", s, [0, 0, 1f / 255], 0);
            Map(graph, $"obj_{s}", s, [0, 0, 0], s == stride ? 1 : 0);
            Map(graph, $"bbox_{s}", s, [0, 0, 0], box);
            Map(graph, $"kps_{s}", s, [0, 0, 0], points);
        }

        return OnnxFiles.Write(path, graph);
    }

    /// <summary>SCRFD's form, red first, two anchors a cell, of which the second is sure and the first half as sure with no box.</summary>
    /// <inheritdoc cref="Yunet"/>
    public static string Scrfd(string path, long side, int stride, float[] box, float[]? points, bool batchDimension)
    {
        var graph = new GraphProto { Input = { OnnxFiles.Value("input.1", [1, 3, side, side]) } };
        float At(int s) => s == stride ? 0.5f : -10;
        foreach (int s in Strides)
        {
            // Red 255 is (255 − 127.5) / 128, red 0 its opposite: scores 1 and 0.
            Map(graph, $"score{s}", s, [0.5f / (127.5f / 128), 0, 0], [At(s) - 0.5f, At(s)], batchDimension);
        }

        foreach (int s in Strides)
        {
            Map(graph, $"box{s}", s, [0, 0, 0], [0, 0, 0, 0, .. box], batchDimension, width: 4);
        }

        foreach (int s in points is null ? [] : Strides)
        {
            Map(graph, $"point{s}", s, [0, 0, 0], [.. new float[10], .. points!], batchDimension, width: 10);
        }

        return OnnxFiles.Write(path, graph);
    }

    private static void Map(GraphProto graph, string name, int stride, float[] colours, float offset) => Map(graph, name, stride, colours, [offset]);

    /// <summary>An output [1, cells, channels], each channel the same mix of the colours of the pixel at (row·stride, column·stride) plus its own offset.</summary>
    private static void Map(GraphProto graph, string name, int stride, float[] colours, float[] offsets, bool batchDimension = true, int? width = null)
    {
        int channels = offsets.Length, last = width ?? (name.StartsWith("score", StringComparison.Ordinal) ? 1 : channels);
        graph.Initializer.Add(OnnxFiles.Numbers($"{name}.w", [channels, 3, 1, 1], [.. Enumerable.Repeat(colours, channels).SelectMany(row => row)]));
        graph.Initializer.Add(OnnxFiles.Numbers($"{name}.b", [channels], offsets));
        graph.Initializer.Add(batchDimension ? OnnxFiles.Integers($"{name}.shape", 1, -1, last) : OnnxFiles.Integers($"{name}.shape", -1, last));
        graph.Node.Add(OnnxFiles.Node("Conv", [InputOf(graph), $"{name}.w", $"{name}.b"], [$"{name}.map"], OnnxFiles.Ints("strides", stride, stride)));
        graph.Node.Add(OnnxFiles.Node("Transpose", [$"{name}.map"], [$"{name}.rows"], OnnxFiles.Ints("perm", 0, 2, 3, 1)));
        graph.Node.Add(OnnxFiles.Node("Reshape", [$"{name}.rows", $"{name}.shape"], [name]));
        graph.Output.Add(OnnxFiles.Value(name, batchDimension ? [1, -1, last] : [-1, last]));
    }

    private static string InputOf(GraphProto graph) => graph.Input[0].Name;
}
