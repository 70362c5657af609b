namespace ArcFace.Data;

/// <summary>Small changes to training images that leave the class as it is, made on the device that the images are on.</summary>
public sealed record Augmentation
{
    /// <summary>How often an image is mirrored left to right.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>By how many pixels, at most, an image is shifted up, down, left or right; what comes in is black.</summary>
    public int CropPadding { get; init; } = 2;

    /// <summary>How often a rectangle of an image is made black (Zhong et al., "Random erasing data augmentation", 2020).</summary>
    public double EraseProbability { get; init; }

    /// <summary>The longest side of that rectangle as a share of the image's, above 0 and at most 1.</summary>
    public double EraseSide { get; init; } = 0.4;

    /// <summary>Changed copies of <paramref name="images"/>.</summary>
    /// <param name="images">[N, channels, height, width].</param>
    /// <param name="random">What is drawn comes from here, on the CPU, so that it is the same on every device.</param>
    /// <returns>The same shape; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images have another shape, or a setting is outside its range.</exception>
    public Tensor Apply(Tensor images, SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(random);
        Check(images);
        (long count, long height, long width) = (images.shape[0], images.shape[2], images.shape[3]);
        bool[] flips = new bool[count];
        long[] offsets = new long[2 * count], boxes = new long[4 * count];
        for (long i = 0; i < count; i++)
        {
            flips[i] = random.NextDouble() < FlipProbability;
            offsets[i] = random.NextInt32((2 * CropPadding) + 1);
            offsets[count + i] = random.NextInt32((2 * CropPadding) + 1);
            bool erase = random.NextDouble() < EraseProbability;
            (boxes[i], boxes[count + i]) = DrawSpan(random, height, erase);
            (boxes[(2 * count) + i], boxes[(3 * count) + i]) = DrawSpan(random, width, erase);
        }

        using var scope = NewDisposeScope();
        Device device = images.device;
        Tensor flip = tensor(flips, device: device).reshape(-1, 1, 1, 1);
        Tensor result = where(flip, images.flip(3), images);
        result = Shift(result, tensor(offsets, [2, count], device: device));
        return Erase(result, tensor(boxes, [4, count, 1, 1, 1], device: device)).MoveToOuterDisposeScope();
    }

    private Tensor Shift(Tensor images, Tensor offsets)
    {
        (long count, long channels, long height, long width) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        long padding = CropPadding;
        Tensor padded = nn.functional.pad(images, [padding, padding, padding, padding]);
        Tensor rows = TensorArithmetic.Indices(0, height, images.device).Plus(offsets[0].unsqueeze(1)).reshape(count, 1, height, 1);
        Tensor columns = TensorArithmetic.Indices(0, width, images.device).Plus(offsets[1].unsqueeze(1)).reshape(count, 1, 1, width);
        return padded.gather(2, rows.expand(count, channels, height, width + (2 * padding)))
            .gather(3, columns.expand(count, channels, height, width));
    }

    private static Tensor Erase(Tensor images, Tensor boxes)
    {
        Tensor rows = TensorArithmetic.Indices(0, images.shape[2], images.device).reshape(1, 1, -1, 1);
        Tensor columns = TensorArithmetic.Indices(0, images.shape[3], images.device).reshape(1, 1, 1, -1);
        Tensor inRows = rows.ge(boxes[0]).logical_and(rows.lt(boxes[1]));
        Tensor inColumns = columns.ge(boxes[2]).logical_and(columns.lt(boxes[3]));
        return images.WithZeros(inRows.logical_and(inColumns));
    }

    private (long Start, long End) DrawSpan(SplitMix64 random, long side, bool erase)
    {
        int longest = Math.Max(1, (int)(side * EraseSide));
        int length = 1 + random.NextInt32(longest), start = random.NextInt32((int)side - length + 1);
        return erase ? (start, start + length) : (0, 0);
    }

    private void Check(Tensor images)
    {
        ArgumentException.ThrowIf(
            images.dim() != 4, $"images are [{string.Join(", ", images.shape)}]; give [N, channels, height, width]", nameof(images));
        bool inRange = FlipProbability is >= 0 and <= 1 && EraseProbability is >= 0 and <= 1 && EraseSide is > 0 and <= 1 && CropPadding >= 0;
        ArgumentException.ThrowIf(!inRange,
            $"{this} is outside its range: probabilities and EraseSide go from 0 to 1, CropPadding from 0 up", nameof(images));
    }
}
