using ArcFace.Notebooks.Lessons;
using BenchmarkDotNet.Attributes;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Benchmarks;

/// <summary>The time of one synthetic face, of 1,024 drawn in one call.</summary>
public class FacesBenchmarks
{
    private const int BatchSize = 1024;
    private readonly long[] _people = [.. Enumerable.Range(0, BatchSize).Select(i => (long)i)];
    private SyntheticFaces _faces = null!;

    /// <summary>Width and height.</summary>
    [Params(64, 112)]
    public int Size { get; set; }

    /// <summary>Three channels, or one.</summary>
    [Params(true, false)]
    public bool Colour { get; set; }

    /// <summary>Makes the painter.</summary>
    [GlobalSetup]
    public void Make() => _faces = new SyntheticFaces(new() { Size = Size, Colour = Colour });

    /// <summary>Releases it.</summary>
    [GlobalCleanup]
    public void Release() => _faces.Dispose();

    /// <summary>One face.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void Face()
    {
        using DisposeScope scope = NewDisposeScope();
        _faces.Render(_people, _people);
    }
}
