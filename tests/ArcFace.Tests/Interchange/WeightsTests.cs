using ArcFace.Interchange;
using ArcFace.Losses;
using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

public sealed class WeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_saved_body_gives_another_the_same_embeddings_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var first = new IResNet(IResNetDepth.R18, 8, 16);
        using var second = new IResNet(IResNetDepth.R18, 8, 16);
        var images = rand(4, 3, 16, 16);
        first.call(images);
        Weights.Save(_folder["body"], first);
        Assert.True(Weights.Load(_folder["body"], second).IsComplete);
        first.eval();
        second.eval();
        Assert.True(first.call(images).bytes.SequenceEqual(second.call(images).bytes));
        Weights.Save(_folder["again"], second);
        Assert.Equal(File.ReadAllBytes(_folder["body"]), File.ReadAllBytes(_folder["again"]));
    }

    [Fact]
    public void Class_centers_are_stored_as_weight()
    {
        using var scope = NewDisposeScope();
        using var head = new MarginSoftmaxLoss(4, 3);
        Weights.Save(_folder["head"], head);
        var tensors = Safetensors.Load(_folder["head"]);
        Assert.Equal(["weight"], tensors.Keys);
        Assert.True(tensors["weight"].bytes.SequenceEqual(head.Weight.bytes));
    }

    [Fact]
    public void Strict_loading_names_what_does_not_agree_and_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var model = new SoftmaxRegression(4, 3);
        var tensors = new Dictionary<string, Tensor> { ["weight"] = ones(3, 5), ["extra"] = ones(1) };
        var error = Assert.Throws<ArgumentException>(() => Weights.Load(model, tensors));
        Assert.Contains("weight ([3, 5] for [3, 4])", error.Message);
        Assert.Contains("missing: bias", error.Message);
        Assert.Contains("unexpected: extra", error.Message);

        Safetensors.Save(_folder["bad"], new Dictionary<string, Tensor> { ["weight"] = ones(3, 4) });
        Assert.Contains(_folder["bad"], Assert.Throws<InvalidDataException>(() => Weights.Load(_folder["bad"], model)).Message);
        Assert.Equal(0, model.Weight.sum().item<float>());
    }

    [Fact]
    public void Tensors_that_cannot_be_carried_are_refused_and_nothing_is_changed()
    {
        using var scope = NewDisposeScope();
        using var model = new SoftmaxRegression(4, 3);
        Tensor disposed = ones(3, 4), sparse = ones(3, 4).to_sparse();
        disposed.Dispose();
        foreach ((Tensor? weight, string what) in new[]
        {
            (null, "null"), (disposed, "disposed"), (sparse, "sparse"), (ones(3, 4, ScalarType.ComplexFloat32), "ComplexFloat32"), (ones(3, 4, device: META), "without content"),
        })
        {
            var tensors = new Dictionary<string, Tensor> { ["bias"] = ones(3), ["weight"] = weight! };
            Assert.Contains($"'weight' is {(what == "ComplexFloat32" ? "of type " : "")}{what}", Assert.Throws<ArgumentException>(() => Weights.Load(model, tensors)).Message);
            Assert.Throws<ArgumentException>(() => Weights.Load(model, tensors, strict: false));
            Assert.Throws<ArgumentException>(() => Safetensors.Save(_folder["file"], tensors));
        }

        Assert.Equal(0, model.Bias!.sum().item<float>());
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Lenient_loading_takes_what_fits_and_reports_the_rest()
    {
        using var scope = NewDisposeScope();
        using var model = new SoftmaxRegression(4, 3);
        var tensors = new Dictionary<string, Tensor> { ["weight"] = ones(3, 4, ScalarType.Float16), ["bias"] = ones(2), ["x"] = ones(1) };
        var report = Weights.Load(model, tensors, strict: false);
        Assert.Equal(["weight"], report.Loaded);
        Assert.Equal(["x"], report.Unexpected);
        Assert.Equal(["bias ([2] for [3])"], report.Mismatched);
        Assert.Empty(report.Missing);
        Assert.Equal(12, model.Weight.sum().item<float>());
        Assert.Equal(ScalarType.Float32, model.Weight.dtype);
        Assert.True(model.Weight.requires_grad);
    }
}
