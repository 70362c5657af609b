namespace ArcFace;

/// <summary>What is done to tensors with plain numbers, which are held here until torch has read them.</summary>
/// <remarks>TorchSharp hands numbers to torch as objects of its own (<see cref="Scalar"/>), and nothing holds them during the call: when
/// another thread starts a garbage collection at that moment, torch reads what has been freed. <c>x + y</c>, <c>x.square()</c> and
/// <c>x * 2</c> all have such a number, the first one the factor 1 of y. In a long training it happens.</remarks>
internal static class TensorArithmetic
{
    private static readonly Scalar Zero = 0, One = 1, MinusOne = -1;

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    public static Tensor Plus(this Tensor x, double number) => With(number, held => x.add(held, One));

    /// <summary>x − number; whole numbers stay whole.</summary>
    public static Tensor Minus(this Tensor x, long number) => With(-number, held => x.add(held, One));

    public static Tensor Times(this Tensor x, double number) => With(number, x.mul);

    /// <summary>x · number; whole numbers stay whole.</summary>
    public static Tensor Times(this Tensor x, long number) => With(number, x.mul);

    public static Tensor Over(this Tensor x, double number) => With(number, held => x.div(held));

    public static Tensor Squared(this Tensor x) => x.mul(x);

    public static Tensor AddInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    public static Tensor AddInPlace(this Tensor x, double number) => With(number, held => x.add_(held, One));

    /// <summary>x ← x + number; whole numbers stay whole.</summary>
    public static Tensor AddInPlace(this Tensor x, long number) => With(number, held => x.add_(held, One));

    public static Tensor DivideInPlace(this Tensor x, double number) => With(number, held => x.div_(held));

    /// <summary>The rows of x [N, D] that the indices name; differentiable. <c>index_select</c> is not to be had on every device.</summary>
    public static Tensor SelectRows(this Tensor x, Tensor indices) => x.device_type == DeviceType.CPU
        ? x.index_select(0, indices)                                         // its gradient is several times as fast there
        : x.gather(0, indices.unsqueeze(1).expand(-1, x.shape[1]));

    /// <summary>Row indices[i] of x grows by row i of y.</summary>
    public static Tensor AddRowsInPlace(this Tensor x, Tensor indices, Tensor y) => x.index_add_(0, indices, y, One);

    /// <summary>min(max(x, low), high).</summary>
    public static Tensor Clamped(this Tensor x, double low, double high)
    {
        using Scalar from = low, to = high;
        return x.clamp(from, to);
    }

    /// <summary>min(max(x, low), high); whole numbers stay whole.</summary>
    public static Tensor Clamped(this Tensor x, long low, long high)
    {
        using Scalar from = low, to = high;
        return x.clamp(from, to);
    }

    /// <summary>x = 0, as booleans.</summary>
    public static Tensor IsZero(this Tensor x) => x.eq(Zero);

    /// <summary>x &gt; number, as booleans.</summary>
    public static Tensor IsAbove(this Tensor x, double number) => With(number, x.gt);

    /// <summary>0 ≤ x &lt; count, as booleans.</summary>
    public static Tensor IsIndexBelow(this Tensor x, long count) => With(count, held => x.ge(Zero).bitwise_and_(x.lt(held)));

    /// <summary>x with 0 where the mask is true.</summary>
    public static Tensor WithZeros(this Tensor x, Tensor mask) => x.masked_fill(mask, Zero);

    /// <summary>x with a number where the mask is true.</summary>
    public static Tensor Filled(this Tensor x, Tensor mask, double number) => With(number, held => x.masked_fill(mask, held));

    /// <summary>x ← x − y·z.</summary>
    public static Tensor SubtractProductInPlace(this Tensor x, Tensor y, Tensor z) => x.addcmul_(y, z, MinusOne);

    /// <summary>A tensor that holds one number everywhere.</summary>
    public static Tensor Full(long[] shape, double number, ScalarType type, Device? device = null) =>
        With(number, held => full(shape, held, type, device));

    /// <summary>The whole numbers from <paramref name="first"/> to <paramref name="end"/> − 1, int64.</summary>
    public static Tensor Indices(long first, long end, Device? device = null)
    {
        using Scalar from = first, to = end, step = 1;
        return arange(from, to, step, ScalarType.Int64, device);
    }

    private static Tensor With(double number, Func<Scalar, Tensor> operation)
    {
        using Scalar held = number;
        return operation(held);
    }

    private static Tensor With(long number, Func<Scalar, Tensor> operation)
    {
        using Scalar held = number;
        return operation(held);
    }
}
