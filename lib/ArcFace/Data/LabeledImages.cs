namespace ArcFace.Data;

/// <summary>Images with the class of each: the form in which every data set of this library arrives.</summary>
/// <remarks>Owns its two tensors, whichever <see cref="DisposeScope"/> they were made in, until it is disposed itself. What the methods
/// below return is independent of it: a new set owns new tensors.</remarks>
public sealed class LabeledImages : IDisposable
{
    /// <summary>Takes ownership of <paramref name="images"/> and <paramref name="labels"/>.</summary>
    /// <param name="images">[N, channels, height, width] float32, values from 0 to 1.</param>
    /// <param name="labels">[N] int64, each an index into <paramref name="classNames"/>, on the device of the images.</param>
    /// <param name="classNames">One name a class, C ≥ 1 of them. A class may have no image.</param>
    /// <exception cref="ArgumentException">A shape, type, device, pixel or label is not as described.</exception>
    public LabeledImages(Tensor images, Tensor labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentException.ThrowIf(images.dim() != 4 || images.dtype != ScalarType.Float32,
            $"images are {Describe(images)}; give [N, channels, height, width] of Float32", nameof(images));
        ArgumentException.ThrowIf(labels.dim() != 1 || labels.dtype != ScalarType.Int64 || labels.shape[0] != images.shape[0],
            $"labels are {Describe(labels)} for {images.shape[0]} images; give [{images.shape[0]}] of Int64", nameof(labels));
        Guard.RequireSameDevice(labels, images, nameof(labels), nameof(images));
        ArgumentException.ThrowIf(classNames.Count == 0, "there is no class name; give one for each class", nameof(classNames));
        if (images.numel() > 0)
        {
            using var scope = NewDisposeScope();
            float darkest = images.min().item<float>(), lightest = images.max().item<float>();
            ArgumentException.ThrowIf(
                !(darkest >= 0 && lightest <= 1), $"pixels go from {darkest} to {lightest}; scale them to 0..1", nameof(images));
            Guard.RequireClasses(labels, classNames.Count);
        }

        Images = images.DetachFromDisposeScope();
        Labels = labels.DetachFromDisposeScope();
        ClassNames = [.. classNames];
    }

    /// <summary>[N, channels, height, width] float32, values from 0 to 1.</summary>
    public Tensor Images { get; }

    /// <summary>[N] int64, each in 0..<see cref="ClassCount"/>−1.</summary>
    public Tensor Labels { get; }

    /// <summary>The name of each class, by label.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>N, the number of images.</summary>
    public long Count => Images.shape[0];

    /// <summary>C, the number of classes, also those without an image.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>1 for grey images, 3 for colour.</summary>
    public long Channels => Images.shape[1];

    /// <summary>Height of an image in pixels.</summary>
    public long Height => Images.shape[2];

    /// <summary>Width of an image in pixels.</summary>
    public long Width => Images.shape[3];

    /// <summary>Each image as one row: [N, channels · height · width], sharing the memory of <see cref="Images"/>.</summary>
    /// <returns>A tensor that belongs to the caller's dispose scope.</returns>
    public Tensor Flatten() => Images.flatten(1);

    /// <summary>The number of images of each class, by label.</summary>
    public IReadOnlyList<long> CountPerClass()
    {
        using var scope = NewDisposeScope();
        return Labels.bincount(null, ClassCount).cpu().data<long>().ToArray();
    }

    /// <summary>The images at <paramref name="indices"/>, in that order; an index may come twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside 0..N−1.</exception>
    public LabeledImages Select(IEnumerable<long> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        long[] chosen = [.. indices];
        int wrong = Array.FindIndex(chosen, index => index < 0 || index >= Count);
        ArgumentOutOfRangeException.ThrowIf(
            wrong >= 0, $"index {chosen[wrong]} is outside 0..{Count - 1} ({Count} images)", nameof(indices));
        return Take(chosen);
    }

    /// <summary>Only the images of <paramref name="classes"/>, in their old order, with labels counted anew: the first class given becomes
    /// 0, the next 1, and so on.</summary>
    /// <exception cref="ArgumentException">No class is given, or one twice, or one that is outside 0..C−1.</exception>
    public LabeledImages SelectClasses(params int[] classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentException.ThrowIf(classes.Length == 0, "no class is given; give at least one", nameof(classes));
        long[] newLabels = new long[ClassCount];
        Array.Fill(newLabels, -1);
        foreach ((int place, int label) in classes.Index())
        {
            ArgumentOutOfRangeException.ThrowIf(label < 0 || label >= ClassCount,
                $"class label {label} is outside 0..{ClassCount - 1} ({ClassCount} classes)", nameof(classes));
            ArgumentException.ThrowIf(newLabels[label] >= 0, $"class label {label} is given twice; give each class once", nameof(classes));
            newLabels[label] = place;
        }

        using var scope = NewDisposeScope();
        Tensor relabelled = tensor(newLabels, device: Labels.device).index_select(0, Labels);
        Tensor kept = relabelled.IsAbove(-1).nonzero().flatten();
        string[] names = [.. classes.Select(label => ClassNames[label])];
        return new LabeledImages(Images.index_select(0, kept), relabelled.index_select(0, kept), names);
    }

    /// <summary>Two sets without a common image, each with nearly the same share of every class. Which image falls where depends on
    /// <paramref name="seed"/> alone. Within each set the images keep their order.</summary>
    /// <param name="trainFraction">The share of each class that goes to the first set, between 0 and 1. It is rounded to
    /// whole images, but leaves at least one on either side where a class has two or more; a single image goes to the first.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="trainFraction"/> is not between 0 and 1.</exception>
    public (LabeledImages Train, LabeledImages Test) Split(double trainFraction, long seed)
    {
        ArgumentOutOfRangeException.ThrowIf(!(trainFraction > 0 && trainFraction < 1),
            $"the training fraction {trainFraction} is not between 0 and 1; 0.8 is a usual choice", nameof(trainFraction));
        var random = new SplitMix64((ulong)seed);
        List<long> train = [], test = [];
        foreach (long[] members in IndicesPerClass())
        {
            random.Shuffle(members.AsSpan());
            int rounded = (int)Math.Round(members.Length * trainFraction, MidpointRounding.AwayFromZero);
            int count = members.Length < 2 ? members.Length : Math.Clamp(rounded, 1, members.Length - 1);
            train.AddRange(members[..count]);
            test.AddRange(members[count..]);
        }

        return (Take([.. train.Order()]), Take([.. test.Order()]));
    }

    /// <summary>A copy on <paramref name="device"/>.</summary>
    public LabeledImages To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new LabeledImages(Images.to(device, copy: true), Labels.to(device, copy: true), ClassNames);
    }

    /// <summary>Frees both tensors.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    /// <summary>The images at the indices and their labels; they belong to the dispose scope of the moment.</summary>
    internal Batch Batch(long[] indices)
    {
        Tensor chosen = tensor(indices, device: Labels.device);
        return new Batch(Images.index_select(0, chosen), Labels.index_select(0, chosen));
    }

    private LabeledImages Take(long[] indices)
    {
        using var scope = NewDisposeScope();
        (Tensor images, Tensor labels) = Batch(indices);
        return new LabeledImages(images, labels, ClassNames);
    }

    private long[][] IndicesPerClass()
    {
        using var scope = NewDisposeScope();
        long[] labels = Labels.cpu().data<long>().ToArray();
        ILookup<long, long> members = labels.Index().ToLookup(image => image.Item, image => (long)image.Index);
        return [.. Enumerable.Range(0, ClassCount).Select(label => members[label].ToArray())];
    }

    private static string Describe(Tensor tensor) => $"{Guard.Shape(tensor)} of {tensor.dtype}";
}
