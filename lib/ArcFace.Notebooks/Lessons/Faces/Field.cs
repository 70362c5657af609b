using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>
/// A value for every pixel, or one for each picture, or one for all: formulas mix them freely. The pixels are those of a batch of
/// pictures, as tensors [B, 1, H, W] on any device with [B, 1, 1, 1] for what each picture has one of, or those of one picture in memory.
/// </summary>
/// <remarks>
/// A formula uses its fields up, and a result in memory takes the place of an operand, which is still in the processor's cache.
/// What stands in more than one formula has to be kept (<see cref="Keep"/>).
/// </remarks>
internal sealed partial class Field
{
    private readonly double _number;
    private readonly Tensor? _tensor;
    private readonly PixelMemory.Buffer? _pixels;
    private bool _isKept;
    private bool _isUsedUp;

    private Field(double number) => _number = number;

    private Field(Tensor tensor) => _tensor = tensor;

    private Field(PixelMemory.Buffer pixels) => _pixels = pixels;

    /// <summary>The number that stands for all pixels.</summary>
    public double Number => IsNumber ? _number : throw new InvalidOperationException("The field is no number");

    /// <summary>The tensor.</summary>
    public Tensor Tensor => _tensor ?? throw new InvalidOperationException("The field is no tensor");

    /// <summary>The pixels of one picture, row by row.</summary>
    public Span<float> Pixels => (_pixels ?? throw new InvalidOperationException("The field is not in memory")).Values;

    private int Size => _pixels!.Memory.Size;

    /// <summary>The memory that a result may take.</summary>
    private PixelMemory.Buffer? Free => _isKept ? null : _pixels;

    private bool IsNumber => _tensor is null && _pixels is null;

    public static implicit operator Field(double number) => new(number);

    /// <summary>A field that is kept.</summary>
    public static implicit operator Field(Tensor tensor) => new Field(tensor).Keep();

    /// <summary>A field that is kept.</summary>
    public static implicit operator Field(PixelMemory.Buffer pixels) => new Field(pixels).Keep();

    /// <summary>A field that the next formula uses up.</summary>
    public static Field Passing(Tensor tensor) => new(tensor);

    /// <summary>A field that the next formula uses up.</summary>
    public static Field Passing(PixelMemory.Buffer pixels) => new(pixels);

    public static Field operator +(Field a, Field b) => Combine(a, b, Addition);

    public static Field operator -(Field a, Field b) => Combine(a, b, Subtraction);

    public static Field operator -(Field a) => Combine(0, a, Subtraction);

    public static Field operator *(Field a, Field b) => Combine(a, b, Multiplication);

    public static Field operator /(Field a, Field b) => b.IsNumber ? a * (1 / b._number) : Combine(a, b, Division);

    public static Field Min(Field a, Field b) => Combine(a, b, Minimum);

    public static Field Max(Field a, Field b) => Combine(a, b, Maximum);

    public Field AtLeast(double low) => Max(this, low);

    public Field AtMost(double high) => Min(this, high);

    public Field Clamp(double low, double high) => AtLeast(low).AtMost(high);

    public Field Power(Field exponent) => Combine(this, exponent, Exponentiation);

    /// <summary>1 from 10⁻³⁰ on, −1 below −10⁻³⁰, 0 at 0.</summary>
    public Field Sign() => (this * 1e30).Clamp(-1, 1);

    public Field Abs() => Change(Math.Abs, x => x.abs(), TensorPrimitives.Abs);

    public Field Square() => Change(x => x * x, x => x.mul(x), (x, result) => TensorPrimitives.Multiply(x, x, result));

    public Field Sqrt() => Change(Math.Sqrt, x => x.sqrt(), TensorPrimitives.Sqrt);

    public Field Sin() => Change(Math.Sin, x => x.sin(), TensorPrimitives.Sin);

    public Field Sigmoid() => Change(x => 1 / (1 + Math.Exp(-x)), x => x.sigmoid(), TensorPrimitives.Sigmoid);

    /// <summary>The next value in a row less the one before; at the border the value itself stands in for the neighbour it lacks.</summary>
    public Field DifferenceAcross() => Change(_ => 0, x => Difference(x, 3), (x, result) => DifferenceAcross(x, result, Size));

    /// <summary>The next value in a column less the one before; at the border the value itself stands in for the neighbour it lacks.</summary>
    public Field DifferenceDown() => Change(_ => 0, x => Difference(x, 2), (x, result) => DifferenceDown(x, result, Size));

    /// <summary>Lets the field stand in any number of formulas, until its scope ends.</summary>
    public Field Keep()
    {
        _isKept = true;
        return this;
    }

    /// <summary>Takes another field away from this one. Both are kept.</summary>
    public void Subtract(Field other)
    {
        if (_pixels is not null)
        {
            TensorPrimitives.Subtract(Pixels, other.Pixels, Pixels);
        }
        else
        {
            Tensor.sub_(other.Tensor);
        }
    }

    /// <summary>Adds to this field the product of another with a number, or with one for each picture. All are kept.</summary>
    public void AddProduct(Field other, Field factor)
    {
        if (_pixels is not null)
        {
            TensorPrimitives.MultiplyAdd(other.Pixels, (float)factor._number, Pixels, Pixels);
        }
        else
        {
            Tensor.AddProductInPlace(other.Tensor, factor.Tensor);
        }
    }

    private static Field Combine(Field a, Field b, Operation operation)
    {
        a.CheckUse();
        b.CheckUse();
        if (a.IsNumber && b.IsNumber)
        {
            return operation.OfNumbers(a._number, b._number);
        }

        return a._pixels is null && b._pixels is null ? CombineTensors(a, b, operation) : CombinePixels(a, b, operation);
    }

    private static Field CombineTensors(Field a, Field b, Operation operation)
    {
        // As a tensor, since TorchSharp leaves a scalar to the garbage collector, which may take it while torch still reads it.
        using Tensor? number = a.IsNumber ? tensor((float)a._number) : b.IsNumber ? tensor((float)b._number) : null;
        Tensor result = operation.OfTensors(a._tensor ?? number!, b._tensor ?? number!);
        a.UseUp();
        b.UseUp();
        return new Field(result);
    }

    private static Field CombinePixels(Field a, Field b, Operation operation)
    {
        PixelMemory.Buffer result = a.Free ?? b.Free ?? (a._pixels ?? b._pixels)!.Memory.Lend();
        if (a.IsNumber)
        {
            operation.OfNumberAndPixels((float)a._number, b.Pixels, result.Values);
        }
        else if (b.IsNumber)
        {
            operation.OfPixelsAndNumber(a.Pixels, (float)b._number, result.Values);
        }
        else
        {
            operation.OfPixels(a.Pixels, b.Pixels, result.Values);
        }

        a.UseUp(result);
        b.UseUp(result);
        return new Field(result);
    }

    private Field Change(Func<double, double> number, Func<Tensor, Tensor> tensor, ChangePixels pixels)
    {
        CheckUse();
        if (_tensor is not null)
        {
            var changed = new Field(tensor(_tensor));
            UseUp();
            return changed;
        }

        if (_pixels is null)
        {
            return number(_number);
        }

        PixelMemory.Buffer result = Free ?? _pixels.Memory.Lend();
        pixels(Pixels, result.Values);
        UseUp(result);
        return new Field(result);
    }

    private void CheckUse()
    {
        if (_isUsedUp)
        {
            throw new InvalidOperationException("A formula has used the field up; keep what stands in more than one");
        }
    }

    /// <summary>Gives back what the field holds, unless it is kept.</summary>
    /// <param name="result">What lives on as the result.</param>
    private void UseUp(PixelMemory.Buffer? result = null)
    {
        if (_isKept || IsNumber)
        {
            return;
        }

        _isUsedUp = true;
        _tensor?.Dispose();
        if (_pixels != result)
        {
            _pixels?.GiveBack();
        }
    }
}
