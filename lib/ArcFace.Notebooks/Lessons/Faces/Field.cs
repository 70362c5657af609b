using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>
/// A value for every pixel of a picture, or one number for all of them: formulas mix the two freely.
/// </summary>
/// <remarks>
/// A formula uses its fields up, and a result in memory takes the place of an operand, which is still in the processor's cache.
/// What stands in more than one formula has to be kept (<see cref="Keep"/>).
/// </remarks>
internal sealed partial class Field
{
    private readonly double _number;
    private readonly PixelMemory.Buffer? _pixels;
    private bool _isKept;
    private bool _isUsedUp;

    private Field(double number) => _number = number;

    private Field(PixelMemory.Buffer pixels) => _pixels = pixels;

    /// <summary>The number that stands for all pixels.</summary>
    public double Number => IsNumber ? _number : throw new InvalidOperationException("The field is no number");

    /// <summary>The pixels of one picture, row by row.</summary>
    public Span<float> Pixels => (_pixels ?? throw new InvalidOperationException("The field is a number")).Values;

    private int Size => _pixels!.Memory.Size;

    /// <summary>The memory that a result may take.</summary>
    private PixelMemory.Buffer? Free => _isKept ? null : _pixels;

    private bool IsNumber => _pixels is null;

    public static implicit operator Field(double number) => new(number);

    /// <summary>A field that is kept.</summary>
    public static implicit operator Field(PixelMemory.Buffer pixels) => new Field(pixels).Keep();

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

    public Field Abs() => Change(Math.Abs, TensorPrimitives.Abs);

    public Field Square() => Change(x => x * x, (x, result) => TensorPrimitives.Multiply(x, x, result));

    public Field Sqrt() => Change(Math.Sqrt, TensorPrimitives.Sqrt);

    public Field Sin() => Change(Math.Sin, TensorPrimitives.Sin);

    public Field Sigmoid() => Change(x => 1 / (1 + Math.Exp(-x)), TensorPrimitives.Sigmoid);

    /// <summary>The next value in a row less the one before; at the border the value itself stands in for the neighbour it lacks.</summary>
    public Field DifferenceAcross() => Change(_ => 0, (x, result) => DifferenceAcross(x, result, Size));

    /// <summary>The next value in a column less the one before; at the border the value itself stands in for the neighbour it lacks.</summary>
    public Field DifferenceDown() => Change(_ => 0, (x, result) => DifferenceDown(x, result, Size));

    /// <summary>Lets the field stand in any number of formulas, until its scope ends.</summary>
    public Field Keep()
    {
        _isKept = true;
        return this;
    }

    /// <summary>Takes another field away from this one. Both are kept.</summary>
    public void Subtract(Field other) => TensorPrimitives.Subtract(Pixels, other.Pixels, Pixels);

    /// <summary>Adds to this field the product of another with a number. All are kept.</summary>
    public void AddProduct(Field other, Field factor) => TensorPrimitives.MultiplyAdd(other.Pixels, (float)factor._number, Pixels, Pixels);

    private static Field Combine(Field a, Field b, Operation operation)
    {
        a.CheckUse();
        b.CheckUse();
        if (a.IsNumber && b.IsNumber)
        {
            return operation.OfNumbers(a._number, b._number);
        }

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

    private Field Change(Func<double, double> number, ChangePixels pixels)
    {
        CheckUse();
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
    private void UseUp(PixelMemory.Buffer result)
    {
        if (_isKept || IsNumber)
        {
            return;
        }

        _isUsedUp = true;
        if (_pixels != result)
        {
            _pixels!.GiveBack();
        }
    }
}
