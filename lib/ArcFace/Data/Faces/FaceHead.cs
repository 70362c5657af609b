using TorchSharp;
using static ArcFace.Data.Faces.FaceShapes;
using static ArcFace.Data.Faces.FaceValue;
using static TorchSharp.torch;

namespace ArcFace.Data.Faces;

/// <summary>
/// Where each pixel lies on the turned head, and how the light falls there. All tensors are [B, 1, H, W], lengths in face
/// units (<see cref="FaceValue"/>).
/// </summary>
internal sealed class FaceHead
{
    public const double SkullDepth = 0.62;

    public FaceHead(FacePlan plan, long size, Device device)
    {
        using var scope = NewDisposeScope();
        Pixel = plan[Zoom].reciprocal().mul_(2.0 / size);
        Soft = Pixel * 0.4;

        // The picture's own frame: shifted, tilted and scaled, the head upright in the middle.
        Tensor centers = arange(size, dtype: float32, device: device).add_(0.5).mul_(2.0 / size).sub_(1);
        Tensor right = centers.reshape(1, 1, 1, -1) - plan[ShiftX], down = centers.reshape(1, 1, -1, 1) - plan[ShiftY];
        Tensor cosine = plan[RollCosine] / plan[Zoom], sine = plan[RollSine] / plan[Zoom];
        U = (right * cosine).add(down * sine);
        V = (down * cosine).sub(right * sine);

        // The chin is farther from the neck than the crown, so a turn of the head carries it along.
        Tensor below = V.clamp(0, 1), above = V.clamp(-2, 0);
        Tensor turnedU = below.square().mul_(plan[YawSine] * 0.2).neg_().add_(U);
        Tensor across = turnedU.div(plan[HalfWidth]).pow_(2);
        Tensor outline = V.clamp_min(1e-6).div_(plan[ChinY]).pow_(plan[JawPower]).add_(across).add_(above.square());
        Face = Inside(outline.neg_().add_(1).mul_(plan[HalfWidth] * 0.5), Soft);

        // The point of the face seen at the pixel, in the coordinates of the face as it looks from the front. Every
        // feature drawn there moves with the turn by as much as its depth asks for, and narrows on the far side.
        Tensor depth = (across * 0.85).add_(V.square().mul_(0.75)).neg_().add_(1.15).clamp_min_(0.06).sqrt_().mul_(SkullDepth);
        X = (turnedU * plan[YawCosine]).sub_(depth * plan[YawSine]);
        Y = V - (depth - (SkullDepth * 0.6)).mul_(plan[PitchSine]);
        AbsoluteX = X.abs();
        Tensor noseRise = Y.sub(plan[EyeY]).div_(plan[NoseTipY] - plan[EyeY]).clamp_(0, 1);
        NoseX = X - (noseRise * (plan[NoseHeight] * plan[YawSine]));
        NoseY = Y - (noseRise * (plan[NoseHeight] * plan[PitchSine]));

        Tensor relief = MakeRelief(plan, noseRise);
        Shade = Light(plan, depth.add_(relief));
        Shade.mul_(relief.clamp(-0.1, 0).mul_(2.2).add_(1));
        foreach (Tensor kept in new[] { Pixel, Soft, U, V, Face, X, Y, AbsoluteX, NoseX, NoseY, Shade })
        {
            kept.MoveToOuterDisposeScope();
        }
    }

    private FaceHead(FaceHead whole, Tensor pictures)
    {
        Tensor Of(Tensor all) => all.index_select(0, pictures);
        (Pixel, Soft, U, V) = (Of(whole.Pixel), Of(whole.Soft), Of(whole.U), Of(whole.V));
        (X, Y, AbsoluteX, NoseX, NoseY) = (Of(whole.X), Of(whole.Y), Of(whole.AbsoluteX), Of(whole.NoseX), Of(whole.NoseY));
        (Face, Shade) = (Of(whole.Face), Of(whole.Shade));
    }

    /// <summary>[B, 1, 1, 1], the side of a pixel.</summary>
    public Tensor Pixel { get; }

    /// <summary>[B, 1, 1, 1], the softness of an edge.</summary>
    public Tensor Soft { get; }

    /// <summary>Across the upright head as it is seen.</summary>
    public Tensor U { get; }

    /// <summary>Down the upright head as it is seen.</summary>
    public Tensor V { get; }

    /// <summary>1 within the outline of the face.</summary>
    public Tensor Face { get; }

    /// <summary>Across the face as it looks from the front.</summary>
    public Tensor X { get; }

    /// <summary>Down the face as it looks from the front.</summary>
    public Tensor Y { get; }

    /// <summary>|<see cref="X"/>|: both halves are drawn at once.</summary>
    public Tensor AbsoluteX { get; }

    /// <summary><see cref="X"/> on the nose, which stands out of the face and so moves more.</summary>
    public Tensor NoseX { get; }

    /// <summary><see cref="Y"/> on the nose.</summary>
    public Tensor NoseY { get; }

    /// <summary>The light on the face.</summary>
    public Tensor Shade { get; }

    /// <summary>The heads of some of the pictures.</summary>
    public FaceHead Of(Tensor pictures) => new(this, pictures);

    /// <summary>Light on a surface of that height: ambient + (1 − ambient)·max(0, n·l).</summary>
    public Tensor Light(FacePlan plan, Tensor height)
    {
        using var scope = NewDisposeScope();
        long size = height.shape[3];
        Tensor perPixel = Pixel.mul(2).reciprocal_();
        Tensor padded = nn.functional.pad(height, [1, 1, 1, 1], PaddingModes.Replicate);
        Tensor across = padded.narrow(2, 1, size), down = padded.narrow(3, 1, size);
        Tensor slopeX = across.narrow(3, 2, size).sub(across.narrow(3, 0, size)).mul_(perPixel);
        Tensor slopeY = down.narrow(2, 2, size).sub(down.narrow(2, 0, size)).mul_(perPixel);
        Tensor facing = (slopeX * plan[LightX]).add_(slopeY * plan[LightY]).neg_().add_(plan[LightZ]);
        facing.mul_(slopeX.pow_(2).add_(slopeY.pow_(2)).add_(1).rsqrt_()).clamp_min_(0);
        return facing.mul_((plan[Ambient] - 1).neg_().mul_(1.25)).add_(plan[Ambient]).MoveToOuterDisposeScope();
    }

    /// <summary>How far the face stands out of a smooth head, the nose most, the eyes less than nothing.</summary>
    /// <param name="plan">The values of the batch.</param>
    /// <param name="noseRise">0 between the eyes, 1 at the tip of the nose and below.</param>
    private Tensor MakeRelief(FacePlan plan, Tensor noseRise)
    {
        Tensor zero = Pixel * 0;
        Tensor Length(double length) => zero + length;

        // The nose: a ridge that rises from between the eyes and ends at the tip, a ball there, a wing at each side.
        Tensor end = Inside(plan[NoseTipY].add(0.05).sub(NoseY), Length(0.022));
        Tensor width = (plan[NoseHalfWidth] - plan[BridgeHalfWidth]) * 0.45;
        Tensor ridge = Ridge(NoseX, zero, noseRise.square().mul_(width).add_(plan[BridgeHalfWidth]));
        Tensor relief = ridge.mul_(noseRise).mul_(end).mul_(plan[NoseHeight] * 0.75);
        Tensor noseSides = NoseX.abs();
        relief.addcmul_(Bump(NoseX, zero, NoseY, plan[NoseTipY], plan[NoseHalfWidth] * 0.62, Length(0.075)), plan[NoseHeight] * 0.35, 1);
        Tensor wingX = plan[NoseHalfWidth] * 0.82, wingHalfWidth = plan[NoseHalfWidth] * 0.36;
        relief.add_(Bump(noseSides, wingX, NoseY, plan[NoseTipY] + 0.025, wingHalfWidth, Length(0.05)), 0.055);

        relief.add_(Bump(AbsoluteX, plan[EyeX] * 0.92, Y, plan[EyeY] - 0.01, Length(0.17), Length(0.1)), -0.075);
        relief.add_(Bump(AbsoluteX, Length(0.39), Y, Length(0.24), Length(0.17), Length(0.15)), 0.05);
        relief.add_(Ridge(Y, plan[BrowY] + 0.03, Length(0.08)).mul_(Ridge(X, zero, Length(0.42))), 0.03);

        relief.add_(Bump(X, zero, Y, plan[MouthY], plan[MouthHalfWidth], Length(0.11)), 0.05);
        relief.add_(Bump(X, zero, Y, plan[MouthY] + 0.16, plan[MouthHalfWidth] * 0.6, Length(0.045)), -0.035);
        relief.add_(Bump(X, zero, Y, plan[ChinY] - 0.13, Length(0.17), Length(0.1)), 0.06);
        return relief;
    }
}
