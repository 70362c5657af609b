using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>The few shapes that everything is drawn from. Each makes one new tensor and works on in it.</summary>
internal static class FaceShapes
{
    /// <summary>A hill over an ellipse, 1 in the middle: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)² + ((y − y₀)/b)².</summary>
    public static Tensor Bump(Tensor x, Tensor middleX, Tensor y, Tensor middleY, Tensor halfWidth, Tensor halfHeight)
    {
        using var scope = NewDisposeScope();
        Tensor across = x.sub(middleX).mul_((halfWidth * 2).reciprocal_()), down = y.sub(middleY).mul_((halfHeight * 2).reciprocal_());
        return Hill(across.pow_(2).addcmul_(down, down, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>A hill along a line, 1 where x = x₀: max(0, 1 − q/4)⁴ with q = ((x − x₀)/a)².</summary>
    public static Tensor Ridge(Tensor x, Tensor middle, Tensor halfWidth)
    {
        using var scope = NewDisposeScope();
        return Hill(x.sub(middle).mul_((halfWidth * 2).reciprocal()).pow_(2)).MoveToOuterDisposeScope();
    }

    /// <summary>((x − x₀)/a)² + ((y − y₀)/b)²: 1 on an ellipse, less inside.</summary>
    public static Tensor Ellipse(Tensor x, Tensor middleX, Tensor y, Tensor middleY, Tensor halfWidth, Tensor halfHeight)
    {
        using var scope = NewDisposeScope();
        Tensor across = x.sub(middleX).div_(halfWidth).pow_(2);
        Tensor down = y.sub(middleY).div_(halfHeight).pow_(2);
        return across.add_(down).MoveToOuterDisposeScope();
    }

    /// <summary>1 where <paramref name="depth"/> is well above 0, 0 well below, in between a straight ramp.</summary>
    /// <param name="depth">A distance; it is overwritten.</param>
    /// <param name="softness">A quarter of the ramp's width.</param>
    public static Tensor Inside(Tensor depth, Tensor softness) => depth.mul_(softness.reciprocal().mul_(0.25)).add_(0.5).clamp_(0, 1);

    /// <summary>max(0, 1 − q)⁴, which is near exp(−4q) but ends; <paramref name="q"/> is overwritten.</summary>
    private static Tensor Hill(Tensor q) => q.sub_(1).clamp_max_(0).pow_(2).pow_(2);
}
