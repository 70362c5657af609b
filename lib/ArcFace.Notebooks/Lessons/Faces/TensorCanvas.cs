using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>Draws a batch of pictures at once on a device, where every operation is a call that has to be worth its while.</summary>
internal sealed class TensorCanvas : ICanvas
{
    private readonly Tensor _shape;
    private readonly Tensor _grain;

    /// <param name="batch">How many pictures.</param>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="grain">From <see cref="FaceGrain.Make"/>, on the device to draw on.</param>
    public TensorCanvas(int batch, int size, Tensor grain)
    {
        _grain = grain;
        Device device = grain.device;
        Size = size;
        Field index = TensorArithmetic.Indices(0, size, device).to(float32);
        Tensor centers = (((index + 0.5) * (2.0 / size)) - 1).Tensor;
        Across = centers.reshape(1, 1, 1, size);
        Down = centers.reshape(1, 1, size, 1);
        _shape = empty([batch, 1, size, size], device: device);
    }

    public int Size { get; }

    public Field Across { get; }

    public Field Down { get; }

    public Field Filled(float value) => TensorArithmetic.Full(_shape.shape, value, float32, _shape.device);

    public Field Blur(Field picture, Field deviation)
    {
        // A product with one matrix, whose rows sum to one, from the left and transposed from the right.
        using var scope = NewDisposeScope();
        Tensor place = TensorArithmetic.Indices(0, Size, _shape.device).to(float32);
        Tensor distance = place.reshape(Size, 1).sub(place.reshape(1, Size));
        Tensor blur = (-0.5 * ((Field)distance / deviation).Square()).Tensor.softmax(-1);
        Tensor blurred = blur.matmul(picture.Tensor).matmul(blur.transpose(-2, -1));
        return Field.Passing(blurred.MoveToOuterDisposeScope());
    }

    public Field Noise(Field start, int channel)
    {
        // A row for each place to start at: a view, in which the rows overlap.
        using var scope = NewDisposeScope();
        Tensor rows = _grain.unfold(0, Size * Size, 1);
        Tensor noise = rows.index_select(0, (start + (channel * Size * Size)).Tensor.to(int64).flatten()).reshape(_shape.shape);
        return Field.Passing(noise.MoveToOuterDisposeScope());
    }

    public IDisposable NewScope() => NewDisposeScope();
}
