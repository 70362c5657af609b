using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using static System.Math;
using static ArcFace.Notebooks.Answer;
using static ArcFace.Notebooks.Exercise;

namespace ArcFace.Notebooks;

internal static partial class Exercises
{
    private static Dictionary<string, Exercise> Comparisons() => new()
    {
        ["05-1"] = Number(0.3, 1e-4,
            (0.6, "the second triplet has no loss, but it counts: the mean is over both"),
            (-0.4, "a triplet that meets the margin has the loss 0, not less"),
            ((Sqrt(0.8) - Sqrt(0.4) + 0.2) / 2, "you took the roots; this loss compares squared distances"),
            (0.2, "the margin is missing"),
            (0.9, "you exchanged positive and negative"),
            (0.1, "you subtracted the margin; the negative must be farther by it, so it is added")),
        ["05-2"] = Number(14_688, 1e-7,
            (72 * 4 * 68, "a picture is no positive of itself: k − 1 of them"),
            (72 * 3 * 71, "pictures of the same person are no negatives: N − k"),
            (72 * 3 * 68 / 2.0, "anchor and positive are not exchangeable: (a, p, n) and (p, a, n) are two triplets"),
            (18 * 3 * 68, "every picture can be the anchor, not one a person"),
            (3 * 68, "that is for one anchor"),
            (72 * 71 * 70 / 6.0, "not any three pictures make a triplet")),
        ["05-3"] = Number(0.2375, 1e-4,
            (0.275, "half the distance is a quarter of the squared distance"),
            (0.175, "the margin does not shrink with the distances"),
            (0.0875, "the margin does not shrink, and half the distance is a quarter of the squared distance"),
            (0.35, "distances count: both d(a, p) and d(a, n) shrink"),
            (0.05, "the margin stays whole; only the difference of the distances shrinks"),
            (0.2, "that is the loss when all have arrived at the point")),
        ["05-4"] = BatchHard(),
        ["06-1"] = Number(9.6, 1e-4,
            (48, "either the plain W·x, or the scale with the length of W alone taken out; divide by both lengths, then multiply by s"),
            (480, "s is there, the lengths are not taken out"),
            (0.96, "that is the cosine; the scale is missing"),
            (96, "you divided by the length of x only; W has one too"),
            (10 * Acos(0.96), "that is s times the angle; the logit is s times its cosine")),
        ["06-2"] = Number(0.999 * Log(999 * 19.0), 3e-4,
            (Log(999 * 19.0), "you put the other weights at a right angle; equidistant ones are a little farther away: −1/(C−1)"),
            (Log(999 * 19.0) / 0.999, "the factor is (C−1)/C, not C/(C−1)"),
            (0.999 * Log10(999 * 19.0), "natural logarithm, please"),
            (0.999 * Log(19.0), "you forgot that 999 classes share the other 5 %"),
            (Sqrt(2) * Log(999), "that is AdaCos; the bound for a probability is asked for"),
            (0.999 * Log(999 * 0.95), "P/(1−P) are odds: 19, not 0.95")),
        ["06-3"] = Function([0.5, 1, 4, 16], s => Log(OnCircle(s, 0)) - s,
            (s => LogitScale.LossFloor(s, 10), "that is the floor with equidistant weights; on a circle the neighbours are much closer"),
            (s => Log(OnCircle(s, 0)), "that is the logarithm of the denominator; −ln p also has −s"),
            (s => Log(OnCircle(s, 1)) - s, "the true class belongs in the denominator too"),
            (s => s - Log(OnCircle(s, 0)), "that is ln p; the loss is −ln p"),
            (s => (Log(OnCircle(1, 0)) - 1) * s, "s multiplies the cosines, not the loss"),
            (s => Exp(s) / OnCircle(s, 0), "that is the probability; the loss is its negative logarithm")),
        ["06-4"] = NormalizeBackward(),
    };

    private static Dictionary<string, Exercise> Margins() => new()
    {
        ["07-1"] = Number(20 * PI / 180, 1e-3,
            (20, "right, but in degrees; the margin is in radians"),
            (Cos(50 * PI / 180) - Cos(70 * PI / 180), "that is the difference of the cosines, CosFace's margin; ArcFace adds to the angle"),
            (10 * PI / 180, "half of it would be right if moving the sample were the question; here both angles are given"),
            (120 * PI / 180, "you added the angles"),
            (-20 * PI / 180, "the sign: the own angle is the smaller one"),
            (0.5, "with 0.5 the sample is scored at 78.6°, farther than the other class")),
        ["07-2"] = Function([0.2, 0.5, 1, 1.5, 2.2], t => Sin(t + 0.5) / Sin(t),
            (t => Sin(t) / Sin(t + 0.5), "upside down"),
            (t => Cos(t + 0.5) / Cos(t), "that is the ratio of the scores; the gradient needs their slopes"),
            (t => Sin(t + 0.5), "that is the gradient on θ; divide by dc/dθ"),
            (t => -Sin(t + 0.5) / Sin(t), "both slopes have the same sign, so their ratio is positive"),
            (t => Cos(0.5), "right at 90° alone: the factor depends on θ")),
        ["07-3"] = ArcFaceLogits(),
        ["07-4"] = Function([0, 1, 2, 2.6, 2.7, 2.9, 3.1], t => AngularMargin.ArcFace(0.5).TargetCosine(t),
            (t => Cos(t + 0.5), "beyond π this rises: the farther, the better"),
            (Beyond(_ => -1), "it no longer rises, nor does it fall: samples beyond π would feel no pull"),
            (Beyond(phi => -Cos(phi)), "mirrored, but not joined: it jumps from −1 to +1"),
            (Beyond(phi => Cos(phi - 0.5) - (0.5 * Sin(0.5))), "that is the linear treatment: it jumps at π"),
            (Beyond(phi => -1 - ((phi - PI) * (phi - PI) / 2)), "no jump, no kink, and it falls: but it is a parabola; mirror the cosine itself at the height −1"),
            (Beyond(phi => -1 - (phi - PI)), "it falls and does not jump, but it has a kink: the slope goes from 0 to −1")),
        ["08-1"] = Number(Acos(0.65) * 180 / PI, 1e-3,
            (Acos(0.65), "right, but in radians"),
            (Acos(0.35) * 180 / PI, "at its own weight the sample scores 1 − 0.35; the other must score less than that"),
            (0.35 * 180 / PI, "0.35 is not an angle: CosFace subtracts from the cosine"),
            (HalfInDegrees, "that is ArcFace's answer for m = 0.5"),
            (2 * Acos(0.65) * 180 / PI, "one weight is where the sample is; no halves are involved")),
        ["08-2"] = Number(90 - (180 / 2.5), 1e-3,
            (90 / 2.5, "that is the border of one class; the strip lies between the two borders"),
            (45 - (90 / 2.5), "that is how far one border moved; both do"),
            (0.5 * 90, "the angle to the own weight at the border is not 90°"),
            (0.5 * 45, "the border is no longer at 45°: solve 1.5·θ = 90° − θ"),
            (180 / 2.5, "that is what the two classes keep; the strip is the rest")),
        ["08-3"] = SubcenterLogits(),
        ["08-4"] = Function([0.7, 1, PI / 2, 2, 2.6], delta => 2 * Sin(delta / 2) * Sin(0.25),
            (delta => 2 * Sin(delta / 2) * Sin(0.5), "half of the difference of the two angles is m/2"),
            (delta => 2 * Sin(delta) * Sin(0.25), "half of their sum is Δ/2"),
            (delta => Sin(delta / 2) * Sin(0.25), "the factor 2 is missing"),
            (delta => -2 * Sin(delta / 2) * Sin(0.25), "m₃ is what the own cosine has too much: cos θ₁ − cos θ₂, which is positive"),
            (delta => 2 * Cos(delta / 2) * Sin(0.25), "a difference of cosines is a product of two sines"),
            (delta => Sqrt(2) * Sin(0.25), "right at 90° alone: the answer depends on Δ"),
            (delta => 1 - Cos(0.5), "that is what the margin takes from the cosine at 0°; the border is elsewhere")),
    };

    private static double OnCircle(double s, int from) => Sum(10 - from, j => Exp(s * Cos((from + j) * PI / 5)));

    private static Func<double, double> Beyond(Func<double, double> past) => t => t + 0.5 > PI ? past(t + 0.5) : Cos(t + 0.5);

    // (distances [12, 12], labels [12], α) → [12]
    private static Exercise BatchHard()
    {
        long[] y = [.. Enumerable.Range(0, 12).Select(i => (long)(i % 4))];
        Answer noise = Draw(12, 4, 8), x = Matrix(12, 4, (i, k) => noise[i, k] + (y[i] == k ? 2 : 0));
        Answer d = Matrix(12, 12, (i, j) => i == j ? 0 : 2 - (2 * Sum(4, k => x[i, k] * x[j, k]) / (Norm(x, i) * Norm(x, j))));
        IEnumerable<double> Distances(int i, Func<int, bool> of) => Enumerable.Range(0, 12).Where(of).Select(j => d[i, j]);
        double Farthest(int i) => Distances(i, j => y[j] == y[i]).Max();
        double Nearest(int i) => Distances(i, j => y[j] != y[i]).Min();
        static double Hinge(double near, double far) => Max(0, near - far + 0.2);
        Answer Of(Func<int, double> loss) => Vector(12, loss);
        return Tensor([d, y, 0.2], Of(i => Hinge(Farthest(i), Nearest(i))),
            (new([Sum(12, i => Hinge(Farthest(i), Nearest(i))) / 12], []), "that is the mean; return one loss for each anchor"),
            (Of(i => Farthest(i) - Nearest(i) + 0.2), "a triplet that meets the margin has the loss 0: clamp"),
            (Of(i => Max(0, Farthest(i) - Nearest(i))), "the margin is missing"),
            (Of(i => Hinge(Nearest(i), Farthest(i))), "you exchanged positive and negative"),
            (Of(i => Hinge(Distances(i, _ => true).Max(), Nearest(i))), "your positive may be somebody else: leave out the other classes"),
            (Of(i => Hinge(Farthest(i), 0)), "your nearest negative is at distance 0: the anchor itself, or a zero from a product with the mask; fill with infinity"),
            (Of(i => Hinge(Farthest(i), Distances(i, j => y[j] != y[i]).Max())), "the hardest negative is the nearest one"),
            (Of(i => Hinge(Distances(i, j => j != i && y[j] == y[i]).Min(), Nearest(i))), "the hardest positive is the farthest one"),
            (Of(i => Hinge(Sqrt(Farthest(i)), Sqrt(Nearest(i)))), "the distances are given; take no root"));
    }

    // (x [6, 4], g [6, 4]) → [6, 4]
    private static Exercise NormalizeBackward()
    {
        Answer x = Draw(6, 4, 9), g = Draw(6, 4, 10);
        double Unit(int i, int k) => x[i, k] / Norm(x, i);
        double Across(int i, int k) => g[i, k] - (Unit(i, k) * Sum(4, d => Unit(i, d) * g[i, d]));
        Answer Of(Func<int, int, double> gradient) => Matrix(6, 4, gradient);
        return Tensor([x, g], Of((i, k) => Across(i, k) / Norm(x, i)),
            (Of((i, k) => g[i, k] / Norm(x, i)), "the part along x is still there: a longer x has the same direction, so L must not depend on it"),
            (Of(Across), "the factor 1/‖x‖ is missing: the longer x, the less a step turns it"),
            (Of((i, k) => (g[i, k] - (x[i, k] * Sum(4, d => x[i, d] * g[i, d]))) / Norm(x, i)), "project on the unit vector, not on x itself"),
            (Of((i, k) => (g[i, k] - (Unit(i, k) * g[i, k])) / Norm(x, i)), "the scalar product of x̂ and g is one number a sample: sum over the dimensions"),
            (Of((i, k) => (g[i, k] - (Unit(i, k) * Sum(6, n => Unit(n, k) * g[n, k]))) / Norm(x, i)), "you summed over the samples; sum over dimension 1"),
            (Of((i, k) => Across(i, k) * Norm(x, i)), "divide by the length, not multiply"));
    }

    // (cosines [4, 3], labels [4], s, m) → [4, 3]
    private static Exercise ArcFaceLogits()
    {
        Answer cosines = new([0.8, 0.1, -0.3, 0.2, 0.6, -0.5, 0.4, -0.1, 0.7, -0.2, 0.3, 0.5], [4, 3]);
        long[] y = [0, 1, 2, 1];
        Answer Of(Func<double, double, double> logit) => Matrix(4, 3, (i, j) => logit(cosines[i, j], y[i] == j ? 0.5 : 0));
        return Tensor([cosines, y, 30.0, 0.5], Of((c, m) => 30 * Cos(Acos(c) + m)),
            (Of((c, m) => 30 * Cos(Acos(c) + 0.5)), "you added the margin to every class, which is no margin at all"),
            (Of((c, m) => 30 * Cos(Acos(c) + 0.5 - m)), "you added the margin to the other classes: that makes it easier, not harder"),
            (Of((c, m) => 30 * Cos(Acos(c) - m)), "you subtracted: the true class must be scored as if it were farther away"),
            (Of((c, m) => 30 * (c - m)), "you subtracted from the cosine, which is CosFace; add to the angle"),
            (Of((c, m) => 30 * Cos(c + m)), "you took the cosine of a cosine; go to the angle first"),
            (Of((c, m) => 30 * (Acos(c) + m)), "these are angles; take the cosine at the end"),
            (Of((c, m) => 30 * c), "the margin is missing: these are the logits of normalised softmax"),
            (Of((c, m) => 30 * Cos((Acos(c) * 180 / PI) + m)), "the angle is in degrees; the cosine and the margin are in radians"),
            (Of((c, m) => Cos(Acos(c) + m)), "the scale is missing"));
    }

    // (cosines [5, 12], K, s) → [5, 4]
    private static Exercise SubcenterLogits()
    {
        Answer drawn = Draw(5, 12, 11), c = Matrix(5, 12, (i, j) => drawn[i, j] / 2);
        double[] Centers(int i, int j) => [.. Enumerable.Range(0, 3).Select(k => c[i, (4 * k) + j])];
        Answer Of(Func<double[], double> logit) => Matrix(5, 4, (i, j) => logit(Centers(i, j)));
        return Tensor([c, 3, 16.0], Of(k => 16 * k.Max()),
            (Matrix(5, 4, (i, j) => 16 * Enumerable.Range(0, 3).Max(k => c[i, (3 * j) + k])), "the centers of a class stand C apart: view as [N, K, C], not [N, C, K]"),
            (Of(k => 16 * k.Average()), "you averaged over the centers; only the nearest counts"),
            (Of(k => 16 * k.Sum()), "you added the centers up; only the nearest counts"),
            (Of(k => 16 * k.Min()), "the nearest center has the largest cosine"),
            (Matrix(5, 3, (i, k) => 16 * Enumerable.Range(0, 4).Max(j => c[i, (4 * k) + j])), "you took the best class for each center; take the best center for each class"),
            (Of(k => k.Max()), "the scale is missing"));
    }
}
